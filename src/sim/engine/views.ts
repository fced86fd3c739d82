/** Engine arrays that we use, by the type of their elements; the engine's own declarations say `any`. */
export const DATA_FLOATS = [
  "qpos",
  "qvel",
  "act",
  "ctrl",
  "qacc",
  "qacc_warmstart",
  "qfrc_applied",
  "xfrc_applied",
  "qfrc_actuator",
  "qfrc_bias",
  "qfrc_constraint",
  "actuator_force",
  "sensordata",
  "mocap_pos",
  "mocap_quat",
  "xpos",
  "xquat",
  "xmat",
  "xipos",
  "ximat",
  "cvel",
  "subtree_com",
  "geom_xpos",
  "geom_xmat",
  "site_xpos",
  "site_xmat",
  "cam_xpos",
  "cam_xmat",
  "light_xpos",
  "light_xdir",
  "energy",
  "efc_force",
] as const;

export const MODEL_FLOATS = [
  "qpos0",
  "body_mass",
  "body_inertia",
  "body_ipos",
  "body_iquat",
  "body_pos",
  "body_quat",
  "body_subtreemass",
  "jnt_range",
  "jnt_axis",
  "jnt_pos",
  "jnt_actfrcrange",
  "dof_armature",
  "dof_damping",
  "dof_frictionloss",
  "dof_invweight0",
  "geom_size",
  "geom_pos",
  "geom_quat",
  "geom_friction",
  "geom_solref",
  "geom_solimp",
  "geom_rbound",
  "site_pos",
  "site_quat",
  "site_size",
  "cam_pos",
  "cam_quat",
  "cam_fovy",
  "actuator_gear",
  "actuator_gainprm",
  "actuator_biasprm",
  "actuator_ctrlrange",
  "actuator_forcerange",
  "hfield_size",
  "key_qpos",
  "key_qvel",
  "key_ctrl",
  "key_time",
] as const;

export const MODEL_SINGLES = [
  "geom_rgba",
  "mat_rgba",
  "mat_specular",
  "mat_shininess",
  "mat_reflectance",
  "mat_emission",
  "mat_texrepeat",
  "light_diffuse",
  "light_ambient",
  "light_specular",
  "site_rgba",
  "hfield_data",
  "mesh_vert",
  "mesh_normal",
] as const;

export const MODEL_INTS = [
  "body_parentid",
  "body_rootid",
  "body_weldid",
  "body_jntnum",
  "body_jntadr",
  "body_dofnum",
  "body_dofadr",
  "body_mocapid",
  "body_geomnum",
  "body_geomadr",
  "jnt_type",
  "jnt_qposadr",
  "jnt_dofadr",
  "jnt_bodyid",
  "dof_bodyid",
  "dof_jntid",
  "geom_type",
  "geom_contype",
  "geom_conaffinity",
  "geom_condim",
  "geom_bodyid",
  "geom_dataid",
  "geom_matid",
  "geom_group",
  "geom_priority",
  "site_bodyid",
  "cam_bodyid",
  "light_bodyid",
  "light_type",
  "actuator_trnid",
  "actuator_trntype",
  "actuator_gaintype",
  "actuator_biastype",
  "sensor_type",
  "sensor_adr",
  "sensor_dim",
  "sensor_objid",
  "mesh_vertadr",
  "mesh_vertnum",
  "mesh_faceadr",
  "mesh_facenum",
  "mesh_face",
  "hfield_nrow",
  "hfield_ncol",
  "hfield_adr",
  "mat_texid",
  "tex_type",
  "tex_height",
  "tex_width",
  "tex_nchannel",
  "tex_adr",
] as const;

export const MODEL_BYTES = ["tex_data"] as const;

/** What only a picture needs; none of it moves a body, so it stays out of the model's digest. */
export const PICTURE_FLOATS = ["geom_aabb"] as const;
export const PICTURE_SINGLES = [
  "cam_intrinsic",
  "cam_sensorsize",
  "light_attenuation",
  "light_cutoff",
  "light_exponent",
  "mesh_texcoord",
  "mat_metallic",
  "mat_roughness",
] as const;
export const PICTURE_INTS = [
  "mesh_facenormal",
  "mesh_normaladr",
  "mesh_texcoordadr",
  "mesh_facetexcoord",
] as const;

type Named<K extends readonly string[], A> = { readonly [P in K[number]]: A };
export type DataViews = Named<typeof DATA_FLOATS, Float64Array>;
export type ModelViews = Named<typeof MODEL_FLOATS | typeof PICTURE_FLOATS, Float64Array> &
  Named<typeof MODEL_SINGLES | typeof PICTURE_SINGLES, Float32Array> &
  Named<typeof MODEL_INTS | typeof PICTURE_INTS, Int32Array> &
  Named<typeof MODEL_BYTES, Uint8Array>;

type View = Float64Array | Float32Array | Int32Array | Uint8Array;

/**
 * A class whose getters hand out views of an engine object's arrays. A view is taken once and kept (taking one costs
 * as much as a third of a physics step) and taken again after the heap has grown, which silently empties the old one.
 * Don't hold a view across an allocation in the engine; hold the views object.
 */
function keptViews<T extends object>(fields: readonly string[]): new (handle: object) => T {
  class Views {
    readonly handle: Readonly<Record<string, View>>;
    readonly kept: (View | undefined)[];
    constructor(handle: object) {
      this.handle = handle as Readonly<Record<string, View>>;
      this.kept = fields.map(() => undefined);
    }
  }
  for (const [i, field] of fields.entries()) {
    Object.defineProperty(Views.prototype, field, {
      get(this: Views): View {
        const kept = this.kept[i];
        if (kept !== undefined && kept.buffer.byteLength !== 0) return kept;
        const taken = this.handle[field];
        this.kept[i] = taken;
        return taken;
      },
    });
  }
  return Views as unknown as new (
    handle: object,
  ) => T;
}

export const KeptDataViews = keptViews<DataViews>(DATA_FLOATS);
/** Every model array that physics depends on, in one fixed order. */
export const MODEL_FIELDS = [...MODEL_FLOATS, ...MODEL_SINGLES, ...MODEL_INTS, ...MODEL_BYTES] as const;
export const KeptModelViews = keptViews<ModelViews>([
  ...MODEL_FIELDS,
  ...PICTURE_FLOATS,
  ...PICTURE_SINGLES,
  ...PICTURE_INTS,
]);
