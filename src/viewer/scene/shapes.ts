import {
  BoxGeometry,
  BufferAttribute,
  BufferGeometry,
  CapsuleGeometry,
  CylinderGeometry,
  PlaneGeometry,
  SphereGeometry,
  Vector3,
} from "three";
import type { GeomDescription, MeshDescription, SceneDescription } from "../../sim/index.ts";
import { standOnZ } from "./axes.ts";
import { heightFieldGeometry } from "./height-field.ts";

/** A geometry that many geoms may share, and how this geom stretches it. */
export interface Shape {
  /** Equal keys, equal geometry. */
  readonly key: string;
  readonly scale: Vector3;
  build(): BufferGeometry;
}

/** Half the side of the square that stands for a plane without end, m; fog hides its edge. */
const ENDLESS = 250;

/** The shape of any MuJoCo geom. */
export function shapeOf(geom: GeomDescription, scene: SceneDescription): Shape {
  const [a, b, c] = geom.size;
  switch (geom.kind) {
    case "plane": {
      const [x, y] = [a > 0 ? a : ENDLESS, b > 0 ? b : ENDLESS];
      return {
        key: `plane ${x} ${y}`,
        scale: new Vector3(1, 1, 1),
        build: () => new PlaneGeometry(2 * x, 2 * y),
      };
    }
    case "sphere":
      return { key: "sphere", scale: new Vector3(a, a, a), build: ball };
    case "ellipsoid":
      return { key: "sphere", scale: new Vector3(a, b, c), build: ball };
    case "box":
      return { key: "box", scale: new Vector3(a, b, c), build: () => new BoxGeometry(2, 2, 2) };
    case "cylinder":
      return { key: "cylinder", scale: new Vector3(a, a, b), build: post };
    case "capsule":
      return {
        key: `capsule ${a} ${b}`,
        scale: new Vector3(1, 1, 1),
        build: () => new CapsuleGeometry(a, 2 * b, 12, 32).applyMatrix4(standOnZ),
      };
    case "hfield": {
      const field = scene.heightFields[geom.data];
      return {
        key: `hfield ${geom.data}`,
        scale: new Vector3(1, 1, 1),
        build: () => heightFieldGeometry(field),
      };
    }
    case "mesh":
    case "sdf":
      return meshShape(geom, scene);
  }
}

function meshShape(geom: GeomDescription, scene: SceneDescription): Shape {
  const mesh = scene.meshes[geom.data];
  return {
    key: `mesh ${geom.data}`,
    scale: new Vector3(1, 1, 1),
    build: () => (mesh === undefined ? ball() : meshGeometry(mesh)),
  };
}

const ball = (): BufferGeometry => new SphereGeometry(1, 40, 24).applyMatrix4(standOnZ);
const post = (): BufferGeometry => new CylinderGeometry(1, 1, 2, 48).applyMatrix4(standOnZ);

function meshGeometry({ positions, normals, uvs }: MeshDescription): BufferGeometry {
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(positions, 3));
  geometry.setAttribute("normal", new BufferAttribute(normals, 3));
  if (uvs !== undefined) geometry.setAttribute("uv", new BufferAttribute(uvs, 2));
  return geometry;
}
