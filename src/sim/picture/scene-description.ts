/** Shapes of geoms, by MuJoCo's numbers. */
export const GEOM_KINDS = [
  "plane",
  "hfield",
  "sphere",
  "capsule",
  "ellipsoid",
  "cylinder",
  "box",
  "mesh",
  "sdf",
] as const;
export type GeomKind = (typeof GEOM_KINDS)[number];

type Triple = readonly [number, number, number];
type Quad = readonly [number, number, number, number];

/** One body; its place in the list is its index. Body 0 is the world. */
export interface BodyDescription {
  readonly name: string;
  readonly parent: number;
  /** First body below the world that it hangs from: bodies of one robot share it. */
  readonly root: number;
  readonly mass: number;
  /** Centre of mass in the body's frame, m. */
  readonly centre: Triple;
}

/** One geom: shape, place in its body, m and [w, x, y, z], and look. */
export interface GeomDescription {
  readonly name: string;
  readonly body: number;
  readonly kind: GeomKind;
  /** MuJoCo's sizes: half lengths and radii, m; for a plane half lengths, 0 meaning without end. */
  readonly size: Triple;
  readonly pos: Triple;
  readonly quat: Quad;
  /** sRGB and opacity, 0 to 1, with MuJoCo's rule of material and own colour applied. */
  readonly rgba: Quad;
  /** Index of the material, mesh or height field; -1 where it has none. */
  readonly material: number;
  readonly data: number;
  /** MuJoCo's group: 0 to 2 are shown, 3 is collision geometry by our convention. */
  readonly group: number;
  readonly collides: boolean;
}

/** Triangles, three corners each: positions, m, and unit normals [9 n]; texture coordinates [6 n] where it has any. */
export interface MeshDescription {
  readonly positions: Float32Array;
  readonly normals: Float32Array;
  readonly uvs: Float32Array | undefined;
}

/** A grid of heights, 0 to 1, row by row from -y to y, and its size: half x, half y, top, base, m. */
export interface HeightFieldDescription {
  readonly rows: number;
  readonly columns: number;
  readonly size: Quad;
  readonly heights: Float32Array;
}

/** A surface's finish, MuJoCo's words, 0 to 1; metallic and roughness are -1 where the model does not say. */
export interface MaterialDescription {
  readonly name: string;
  readonly specular: number;
  readonly shininess: number;
  readonly reflectance: number;
  readonly emission: number;
  readonly metallic: number;
  readonly roughness: number;
  /** Index of the colour texture; -1 where it has none. */
  readonly texture: number;
  readonly repeat: readonly [number, number];
  /** Whether the texture repeats per metre rather than per object. */
  readonly isUniform: boolean;
}

/** A picture: rows from the top, `channels` bytes a texel. Cubes and skies are six squares, one below the other. */
export interface TextureDescription {
  readonly kind: "2d" | "cube" | "skybox";
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

/** A light in the frame of its body. */
export interface LightDescription {
  readonly name: string;
  readonly kind: "spot" | "directional" | "point" | "image";
  readonly body: number;
  readonly pos: Triple;
  readonly dir: Triple;
  readonly ambient: Triple;
  readonly diffuse: Triple;
  /** Half the cone's angle, degrees. */
  readonly cutoffDegrees: number;
  readonly castsShadow: boolean;
}

/** A camera in the frame of its body; it looks along its -z, with y up. */
export interface CameraDescription {
  readonly name: string;
  readonly body: number;
  readonly pos: Triple;
  readonly quat: Quad;
  /** Vertical field of view, degrees. */
  readonly fovyDegrees: number;
}

/** A joint in the frame of its body. */
export interface JointDescription {
  readonly name: string;
  readonly kind: "free" | "ball" | "slide" | "hinge";
  readonly body: number;
  readonly pos: Triple;
  readonly axis: Triple;
}

/**
 * Everything that a picture of a world needs and that does not move, as plain data that crosses to another thread,
 * a browser or a file. Body poses come beside it, frame by frame. All frames are MuJoCo's: z up, [w, x, y, z].
 */
export interface SceneDescription {
  readonly bodies: readonly BodyDescription[];
  readonly geoms: readonly GeomDescription[];
  readonly meshes: readonly MeshDescription[];
  readonly heightFields: readonly HeightFieldDescription[];
  readonly materials: readonly MaterialDescription[];
  readonly textures: readonly TextureDescription[];
  readonly lights: readonly LightDescription[];
  readonly cameras: readonly CameraDescription[];
  readonly joints: readonly JointDescription[];
  readonly keyframes: readonly string[];
  /** Light of MuJoCo's head light that comes from everywhere, and from the camera. */
  readonly headlight: { readonly ambient: Triple; readonly diffuse: Triple };
  /** Middle and size of the world, m. */
  readonly centre: Triple;
  readonly extent: number;
}
