/** How a vector looks in a mirror: mirrored[i] = sign[i] · original[source[i]]. Applied twice it must change nothing. */
export interface MirrorMap {
  readonly source: ArrayLike<number>;
  readonly sign: ArrayLike<number>;
}

/** The mirror images of everything that a learner handles. */
export interface MirrorMaps {
  readonly obs: MirrorMap;
  readonly criticObs: MirrorMap;
  readonly actions: MirrorMap;
}

/** The map as a matrix M, row-major, so that row vectors are mirrored by x · M. */
export function mirrorMatrix({ source, sign }: MirrorMap): Float32Array {
  const size = source.length;
  const matrix = new Float32Array(size * size);
  for (let i = 0; i < size; i++) matrix[source[i] * size + i] = sign[i];
  return matrix;
}

/** Whether the map has a size, and changes nothing when applied twice. */
export function isMirror(map: MirrorMap, size: number): boolean {
  const { source, sign } = map;
  if (source.length !== size || sign.length !== size) return false;
  for (let i = 0; i < size; i++)
    if (source[source[i]] !== i || Math.abs(sign[i]) !== 1 || sign[i] * sign[source[i]] !== 1) return false;
  return true;
}
