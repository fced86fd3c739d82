import { JOINT_TYPE, type Model, readLookFlags, type Simulation } from "../engine/index.ts";
import { describeMesh } from "./describe-mesh.ts";
import {
  type BodyDescription,
  type CameraDescription,
  GEOM_KINDS,
  type GeomDescription,
  type HeightFieldDescription,
  type JointDescription,
  type LightDescription,
  type MaterialDescription,
  type SceneDescription,
  type TextureDescription,
} from "./scene-description.ts";

const LIGHT_KINDS = ["spot", "directional", "point", "image"] as const;
const TEXTURE_KINDS = ["2d", "cube", "skybox"] as const;
const JOINT_KINDS = Object.keys(JOINT_TYPE) as (keyof typeof JOINT_TYPE)[];
const TEXTURE_ROLES = 10;
const ROLE_RGB = 1;

/**
 * Copies what a picture of a simulation's world needs out of the engine. Allocates in the engine while it works: call
 * it once, before views are kept.
 */
export function describeScene(simulation: Simulation): SceneDescription {
  const { model } = simulation;
  const flags = readLookFlags(simulation);
  const { vis, stat } = model.handle;
  return {
    bodies: model.names("body").map((name, i) => describeBody(model, name, i)),
    geoms: model.names("geom").map((name, i) => describeGeom(model, name, i)),
    meshes: indices(model.sizes.nmesh).map((i) => describeMesh(model, i)),
    heightFields: indices(model.sizes.nhfield).map((i) => describeHeightField(model, i)),
    materials: model
      .names("material")
      .map((name, i) => describeMaterial(model, name, i, flags.materialIsUniform[i] === 1)),
    textures: indices(model.sizes.ntex).map((i) => describeTexture(model, i)),
    lights: model
      .names("light")
      .map((name, i) => describeLight(model, name, i, flags.lightCastsShadow[i] === 1))
      .filter((_, i) => flags.lightIsActive[i] === 1),
    cameras: model.names("camera").map((name, i) => describeCamera(model, name, i)),
    joints: model.names("joint").map((name, i) => describeJoint(model, name, i)),
    keyframes: model.names("key"),
    headlight: {
      ambient: triple(vis.headlight.ambient as Float32Array, 0),
      diffuse: triple(vis.headlight.diffuse as Float32Array, 0),
    },
    centre: triple(stat.center as Float64Array, 0),
    extent: stat.extent,
  };
}

function describeBody({ views }: Model, name: string, i: number): BodyDescription {
  return {
    name,
    parent: views.body_parentid[i],
    root: views.body_rootid[i],
    mass: views.body_mass[i],
    centre: triple(views.body_ipos, i),
  };
}

function describeGeom(model: Model, name: string, i: number): GeomDescription {
  const { views } = model;
  return {
    name,
    body: views.geom_bodyid[i],
    kind: GEOM_KINDS[views.geom_type[i]] ?? "sphere",
    size: triple(views.geom_size, i),
    pos: triple(views.geom_pos, i),
    quat: quad(views.geom_quat, i),
    rgba: colourOf(model, i),
    material: views.geom_matid[i],
    data: views.geom_dataid[i],
    group: views.geom_group[i],
    collides: views.geom_contype[i] !== 0 || views.geom_conaffinity[i] !== 0,
  };
}

/** As in MuJoCo's viewer, a geom's own colour wins over its material's unless it is the default grey. */
function colourOf({ views }: Model, i: number): readonly [number, number, number, number] {
  const own = quad(views.geom_rgba, i);
  const isGrey = own[0] === 0.5 && own[1] === 0.5 && own[2] === 0.5 && own[3] === 1;
  return isGrey && views.geom_matid[i] >= 0 ? quad(views.mat_rgba, views.geom_matid[i]) : own;
}

function describeHeightField({ views }: Model, i: number): HeightFieldDescription {
  const [rows, columns, start] = [views.hfield_nrow[i], views.hfield_ncol[i], views.hfield_adr[i]];
  return {
    rows,
    columns,
    size: quad(views.hfield_size, i),
    heights: views.hfield_data.slice(start, start + rows * columns),
  };
}

function describeMaterial(
  { views }: Model,
  name: string,
  i: number,
  isUniform: boolean,
): MaterialDescription {
  return {
    name,
    specular: views.mat_specular[i],
    shininess: views.mat_shininess[i],
    reflectance: views.mat_reflectance[i],
    emission: views.mat_emission[i],
    metallic: views.mat_metallic[i],
    roughness: views.mat_roughness[i],
    texture: views.mat_texid[TEXTURE_ROLES * i + ROLE_RGB],
    repeat: [views.mat_texrepeat[2 * i], views.mat_texrepeat[2 * i + 1]],
    isUniform,
  };
}

function describeTexture({ views }: Model, i: number): TextureDescription {
  const [width, height, channels] = [views.tex_width[i], views.tex_height[i], views.tex_nchannel[i]];
  const start = views.tex_adr[i];
  return {
    kind: TEXTURE_KINDS[views.tex_type[i]] ?? "2d",
    width,
    height,
    channels,
    data: views.tex_data.slice(start, start + width * height * channels),
  };
}

function describeLight({ views, handle }: Model, name: string, i: number, castsShadow: boolean) {
  return {
    name,
    kind: LIGHT_KINDS[views.light_type[i]] ?? "directional",
    body: views.light_bodyid[i],
    pos: triple(handle.light_pos as Float64Array, i),
    dir: triple(handle.light_dir as Float64Array, i),
    ambient: triple(views.light_ambient, i),
    diffuse: triple(views.light_diffuse, i),
    cutoffDegrees: views.light_cutoff[i],
    castsShadow,
  } satisfies LightDescription;
}

function describeCamera({ views }: Model, name: string, i: number): CameraDescription {
  return {
    name,
    body: views.cam_bodyid[i],
    pos: triple(views.cam_pos, i),
    quat: quad(views.cam_quat, i),
    fovyDegrees: views.cam_fovy[i],
  };
}

function describeJoint({ views }: Model, name: string, i: number): JointDescription {
  return {
    name,
    kind: JOINT_KINDS[views.jnt_type[i]] ?? "hinge",
    body: views.jnt_bodyid[i],
    pos: triple(views.jnt_pos, i),
    axis: triple(views.jnt_axis, i),
  };
}

const indices = (count: number): number[] => [...new Array(count).keys()];

function triple(values: ArrayLike<number>, i: number): [number, number, number] {
  return [values[3 * i], values[3 * i + 1], values[3 * i + 2]];
}

function quad(values: ArrayLike<number>, i: number): [number, number, number, number] {
  return [values[4 * i], values[4 * i + 1], values[4 * i + 2], values[4 * i + 3]];
}
