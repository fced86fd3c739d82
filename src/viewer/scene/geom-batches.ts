import {
  type BufferGeometry,
  Color,
  Group,
  InstancedMesh,
  type Intersection,
  type Material,
  Matrix4,
  type Raycaster,
  type Vector3,
} from "three";
import type { GeomDescription, SceneDescription } from "../../sim/index.ts";
import { localMatrix, POSE_SIZE, poseMatrix } from "./axes.ts";
import { Materials, sRgb } from "./materials.ts";
import { shapeOf } from "./shapes.ts";
import { layCube, layFlat } from "./texture-places.ts";

interface Instance {
  readonly geom: number;
  readonly body: number;
  readonly local: Matrix4;
}

interface Batch {
  readonly mesh: InstancedMesh;
  readonly instances: readonly Instance[];
}

/** MuJoCo's first group of geoms that pictures leave out: collision geometry, by our convention. */
export const FIRST_HIDDEN_GROUP = 3;

/** What a ray met. */
export interface GeomHit {
  readonly geom: number;
  readonly body: number;
  /** World, m. */
  readonly point: Vector3;
  readonly distance: number;
}

/**
 * All geoms of a world as few instanced meshes: geoms of one shape and one finish are drawn together. Poses, colours
 * and visibility are written per geom.
 */
export class GeomBatches {
  readonly group = new Group();
  readonly #scene: SceneDescription;
  readonly #materials: Materials;
  readonly #disguise: Material | undefined;
  readonly #batches: Batch[] = [];
  /** Where each geom is drawn. */
  readonly #places = new Map<number, { readonly batch: Batch; readonly index: number }>();
  readonly #bodyMatrices: Matrix4[];
  readonly #scratch = new Matrix4();
  readonly #colour = new Color();

  /**
   * @param isDrawn which geoms to draw
   * @param disguise a material for all of them, in place of their own
   */
  constructor(scene: SceneDescription, isDrawn: (geom: GeomDescription) => boolean, disguise?: Material) {
    this.#scene = scene;
    this.#disguise = disguise;
    this.#materials = new Materials(scene);
    this.#bodyMatrices = scene.bodies.map(() => new Matrix4());
    this.#makeBatches(isDrawn);
    if (disguise === undefined) for (const geom of this.#places.keys()) this.paint(geom, undefined);
  }

  /** Moves all geoms to body poses [7 nbody]. */
  pose(poses: Float32Array): void {
    const count = Math.min(this.#bodyMatrices.length, poses.length / POSE_SIZE);
    for (let body = 0; body < count; body++) poseMatrix(poses, body, this.#bodyMatrices[body]);
    for (const { mesh, instances } of this.#batches) {
      for (let i = 0; i < instances.length; i++) {
        const { body, local } = instances[i];
        this.#scratch.multiplyMatrices(this.#bodyMatrices[body], local);
        mesh.setMatrixAt(i, this.#scratch);
      }
      mesh.instanceMatrix.needsUpdate = true;
    }
  }

  /** The world matrix of a body as it was drawn last. */
  bodyMatrix(body: number): Matrix4 {
    return this.#bodyMatrices[body];
  }

  /** Gives a geom a colour, or its own back. */
  paint(geom: number, colour: Color | undefined): void {
    const place = this.#places.get(geom);
    if (place === undefined) return;
    place.batch.mesh.setColorAt(place.index, colour ?? sRgb(this.#scene.geoms[geom].rgba, this.#colour));
    const { instanceColor } = place.batch.mesh;
    if (instanceColor !== null) instanceColor.needsUpdate = true;
  }

  /** Which geom a ray meets first, in the poses drawn last. */
  pick(ray: Raycaster): GeomHit | undefined {
    const hits = this.#batches.flatMap(({ mesh }) => {
      mesh.boundingSphere = null; // instances have moved since it was computed
      return mesh.visible ? ray.intersectObject(mesh, false) : [];
    });
    const nearest = hits.sort((a, b) => a.distance - b.distance).at(0);
    return nearest === undefined ? undefined : this.#hit(nearest);
  }

  /** Geometry and world matrix of each drawn geom of a body, for outlines. */
  *shapesOf(body: number): Generator<{ geometry: BufferGeometry; local: Matrix4 }> {
    for (const { mesh, instances } of this.#batches)
      for (const instance of instances)
        if (instance.body === body) yield { geometry: mesh.geometry, local: instance.local };
  }

  dispose(): void {
    for (const { mesh } of this.#batches) {
      mesh.geometry.dispose();
      mesh.dispose();
    }
    this.#materials.dispose();
    this.#disguise?.dispose();
    this.group.removeFromParent();
  }

  #makeBatches(isDrawn: (geom: GeomDescription) => boolean): void {
    const geometries = new Map<string, BufferGeometry>();
    const members = new Map<string, { geometry: BufferGeometry; instances: Instance[] }>();
    this.#scene.geoms.forEach((geom, index) => {
      if (!isDrawn(geom) || (geom.rgba[3] === 0 && this.#disguise === undefined)) return;
      const { key, geometry, scale } = this.#geometry(geom, geometries);
      const batchKey = this.#disguise === undefined ? `${key} | ${this.#materials.key(geom)}` : key;
      const batch = members.get(batchKey) ?? { geometry, instances: [] };
      batch.instances.push({ geom: index, body: geom.body, local: localMatrix(geom.pos, geom.quat, scale) });
      members.set(batchKey, batch);
    });
    for (const { geometry, instances } of members.values()) this.#addBatch(geometry, instances);
  }

  /** Textured geoms have texture places of their own, others share geometry. */
  #geometry(geom: GeomDescription, kept: Map<string, BufferGeometry>) {
    const { key: shapeKey, scale, build } = shapeOf(geom, this.#scene);
    const finish = this.#materials.description(geom);
    const texture = this.#scene.textures[finish.texture];
    const hasPlaces = geom.kind === "mesh" && this.#scene.meshes[geom.data]?.uvs !== undefined;
    const isLaid = texture !== undefined && !hasPlaces;
    const key = isLaid ? `${shapeKey} ${geom.size} ${geom.pos} ${geom.material}` : shapeKey;
    let geometry = kept.get(key);
    if (geometry === undefined) {
      geometry = build();
      if (isLaid && texture.kind === "2d") layFlat(geometry, scale, geom, finish);
      if (isLaid && texture.kind !== "2d")
        geometry = layCube(geometry, texture.height === texture.width ? 1 : 6);
      kept.set(key, geometry);
    }
    return { key, geometry, scale };
  }

  #addBatch(geometry: BufferGeometry, instances: readonly Instance[]): void {
    const first = this.#scene.geoms[instances[0].geom];
    const mesh = new InstancedMesh(geometry, this.#disguise ?? this.#materials.get(first), instances.length);
    mesh.frustumCulled = false; // its instances move, its bounds would not
    mesh.receiveShadow = true;
    mesh.castShadow = this.#disguise === undefined && first.kind !== "plane" && first.rgba[3] >= 1;
    const batch = { mesh, instances };
    for (const [index, { geom }] of instances.entries()) this.#places.set(geom, { batch, index });
    this.#batches.push(batch);
    this.group.add(mesh);
  }

  #hit({ object, instanceId, point, distance }: Intersection): GeomHit | undefined {
    const batch = this.#batches.find(({ mesh }) => mesh === object);
    const instance = batch?.instances[instanceId ?? -1];
    return instance === undefined ? undefined : { geom: instance.geom, body: instance.body, point, distance };
  }
}
