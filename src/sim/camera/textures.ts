import type { Model } from "../engine/index.ts";
import { toLinear } from "./colour.ts";
import type { SurfacePoint } from "./ray.ts";

const ROLES = 10; // mat_texid holds one texture for each of MuJoCo's roles
const ROLE_RGB = 1;
const SKYBOX = 2;
const LINEAR = Float64Array.from({ length: 256 }, (_, byte) => toLinear(byte / 255));

/** A flat picture on a plane: size in texels and linear mean colour; texels stay in the engine's memory. */
export interface PlaneTexture {
  readonly start: number;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Repetitions per metre along the plane's x and y. */
  readonly repeatX: number;
  readonly repeatY: number;
  readonly mean: readonly [number, number, number];
}

/** The mean linear colour of a geom's texture, where its material has one. */
export function meanColour(model: Model, material: number): [number, number, number] | undefined {
  const texture = material < 0 ? -1 : model.views.mat_texid[ROLES * material + ROLE_RGB];
  if (texture < 0) return undefined;
  const { start, width, height, channels } = texels(model, texture);
  const { tex_data } = model.views;
  const sum: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < width * height; i++) {
    for (let k = 0; k < 3; k++) sum[k] += LINEAR[tex_data[start + i * channels + Math.min(k, channels - 1)]];
  }
  return [sum[0] / (width * height), sum[1] / (width * height), sum[2] / (width * height)];
}

/** The flat texture of a plane geom, undefined where it has none. */
export function planeTexture(
  model: Model,
  geom: number,
  materialIsUniform: Uint8Array,
): PlaneTexture | undefined {
  const { views } = model;
  const material = views.geom_matid[geom];
  const mean = meanColour(model, material);
  const texture = material < 0 ? -1 : views.mat_texid[ROLES * material + ROLE_RGB];
  if (mean === undefined || views.tex_type[texture] !== 0) return undefined;
  const perMetre = (axis: number) => {
    const size = views.geom_size[3 * geom + axis];
    const repeat = views.mat_texrepeat[2 * material + axis];
    return materialIsUniform[material] || size <= 0 ? repeat : repeat / (2 * size);
  };
  return { ...texels(model, texture), repeatX: perMetre(0), repeatY: perMetre(1), mean };
}

/**
 * Multiplies a linear colour [3] by a texture's at a point of the plane; where one pixel covers much of a repetition
 * the mean colour takes over, so that far checkers turn grey instead of flickering.
 *
 * @param position in the plane's frame, m, [3]
 * @param point says how long a pixel is on the plane
 */
export function tint(
  colour: Float64Array,
  texture: PlaneTexture,
  data: Uint8Array,
  position: Float64Array,
  point: SurfacePoint,
): void {
  const u = texture.repeatX * position[0] + 0.5;
  const v = texture.repeatY * position[1] + 0.5;
  const column = Math.min(texture.width - 1, ((u - Math.floor(u)) * texture.width) | 0);
  const row = Math.min(texture.height - 1, ((v - Math.floor(v)) * texture.height) | 0);
  const at = texture.start + (row * texture.width + column) * texture.channels;
  const covered = point.footprint * Math.max(texture.repeatX, texture.repeatY);
  const blur = Math.max(0, Math.min(1, 2 * covered - 0.2));
  for (let k = 0; k < 3; k++) {
    const texel = LINEAR[data[at + Math.min(k, texture.channels - 1)]];
    colour[k] *= texel + blur * (texture.mean[k] - texel);
  }
}

const SKY_STEPS = 128;

/** Colour of the sky by height above the horizon. */
export class Sky {
  readonly #table = new Float64Array(3 * SKY_STEPS);

  /** The model's skybox where it has one, else a pale gradient over grey ground. */
  constructor(model: Model) {
    const skybox = model.views.tex_type.indexOf(SKYBOX);
    for (let i = 0; i < SKY_STEPS; i++) {
      const height = (2 * (i + 0.5)) / SKY_STEPS - 1;
      const colour = skybox < 0 ? paleSky(height) : skyboxColour(model, skybox, height);
      for (let k = 0; k < 3; k++) this.#table[3 * i + k] = colour[k];
    }
  }

  /** Linear colour in a direction, written to `out` [3]. @param height the direction's z, unit length, -1 to 1 */
  colour(height: number, out: Float64Array): void {
    const step = Math.max(0, Math.min(SKY_STEPS - 1, ((height + 1) * (SKY_STEPS / 2)) | 0));
    for (let k = 0; k < 3; k++) out[k] = this.#table[3 * step + k];
  }
}

function paleSky(height: number): [number, number, number] {
  if (height < 0) return [0.28, 0.29, 0.31];
  const part = Math.sqrt(height);
  return [0.72 - 0.52 * part, 0.78 - 0.42 * part, 0.86 - 0.26 * part];
}

/** MuJoCo keeps a skybox as six square faces, one below the other: right, left, up, down, front, back. */
function skyboxColour(model: Model, texture: number, height: number): [number, number, number] {
  const { start, width, height: rows, channels } = texels(model, texture);
  const level = Math.sqrt(Math.max(0, 1 - height * height));
  const isSide = Math.abs(height) <= level;
  const face = rows < 6 * width ? 0 : isSide ? 4 : height > 0 ? 2 : 3;
  const across = isSide ? -height / level : level / Math.abs(height);
  const row = Math.min(width - 1, Math.floor(((across + 1) / 2) * width));
  const at = start + ((face * width + row) * width + (width >> 1)) * channels;
  const texel = (k: number) => LINEAR[model.views.tex_data[at + Math.min(k, channels - 1)]];
  return [texel(0), texel(1), texel(2)];
}

function texels(model: Model, texture: number) {
  const { tex_adr, tex_width, tex_height, tex_nchannel } = model.views;
  return {
    start: tex_adr[texture],
    width: tex_width[texture],
    height: tex_height[texture],
    channels: tex_nchannel[texture],
  };
}
