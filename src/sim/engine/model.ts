import type { MainModule, MjModel, MjOption } from "mujoco-js";
import { hashBytes, hashText, UnknownNameError } from "../../common/index.ts";
import { KeptModelViews, MODEL_FIELDS, type ModelViews } from "./views.ts";

/** Kinds of named things, as the engine numbers them. */
export type ObjectKind =
  | "body"
  | "joint"
  | "geom"
  | "site"
  | "camera"
  | "light"
  | "actuator"
  | "sensor"
  | "key"
  | "mesh"
  | "hfield"
  | "material"
  | "texture";

/** How the solver may keep what constraints act on, as the engine numbers it; `auto` is sparse from 60 degrees of freedom. */
export const JACOBIAN = { dense: 0, sparse: 1, auto: 2 } as const;

export const JOINT_TYPE = { free: 0, ball: 1, slide: 2, hinge: 3 } as const;

const SIZES = [
  "nq",
  "nv",
  "nu",
  "na",
  "nbody",
  "njnt",
  "ngeom",
  "nsite",
  "ncam",
  "nlight",
  "nmat",
  "nmesh",
  "nhfield",
  "ntex",
  "nsensor",
  "nsensordata",
  "nkey",
] as const;

/** How many of each thing a model has, in MuJoCo's words. */
export type ModelSizes = { readonly [K in (typeof SIZES)[number]]: number };

/** One compiled model. It lives on the WASM heap: hold it with `using`, and dispose it after its simulations. */
export class Model implements Disposable {
  readonly mujoco: MainModule;
  readonly handle: MjModel;
  /** What the model was made from, for messages. */
  readonly label: string;
  readonly views: ModelViews;
  readonly sizes: ModelSizes;
  readonly #indices = new Map<ObjectKind, ReadonlyMap<string, number>>();
  #isDisposed = false;

  /** Takes ownership of a handle that the engine compiled; called by `Engine`. */
  constructor(mujoco: MainModule, handle: MjModel, label: string) {
    this.mujoco = mujoco;
    this.handle = handle;
    this.label = label;
    this.views = new KeptModelViews(handle);
    this.sizes = Object.fromEntries(SIZES.map((size) => [size, handle[size]])) as ModelSizes;
  }

  /** Physics options; changes take effect at the next step. */
  get options(): MjOption {
    return this.handle.opt;
  }

  /** Physics step, s. */
  get timestep(): number {
    return this.handle.opt.timestep;
  }

  /** Names of one kind in index order; "" where a thing has none. */
  names(kind: ObjectKind): string[] {
    const type = this.mujoco.mjtObj[OBJECT_TYPE[kind]].value;
    return Array.from(
      { length: this.sizes[COUNT[kind]] },
      (_, i) => this.mujoco.mj_id2name(this.handle, type, i) ?? "",
    );
  }

  /** Index of a named thing. Look up once and keep the number. Throws `UnknownNameError` with the names that exist. */
  index(kind: ObjectKind, name: string): number {
    const index = this.find(kind, name);
    if (index === undefined)
      throw new UnknownNameError(`${kind} in ${this.label}`, name, this.#table(kind).keys());
    return index;
  }

  /** Index of a named thing, or undefined where there is none. */
  find(kind: ObjectKind, name: string): number | undefined {
    return this.#table(kind).get(name);
  }

  /** A digest of the compiled model: equal digests step alike. */
  hash(): string {
    const { timestep, integrator, solver, iterations, disableflags, cone, impratio, jacobian } = this.options;
    const physics = [timestep, integrator, solver, iterations, disableflags, cone, impratio, jacobian];
    const header = JSON.stringify([this.sizes, ...physics]);
    const parts = MODEL_FIELDS.map((field) => {
      const view = this.views[field];
      return hashBytes(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    });
    return hashText(header + parts.join(""));
  }

  [Symbol.dispose](): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.handle.delete();
  }

  #table(kind: ObjectKind): ReadonlyMap<string, number> {
    let table = this.#indices.get(kind);
    if (table === undefined) {
      table = new Map(this.names(kind).flatMap((name, i) => (name === "" ? [] : [[name, i] as const])));
      this.#indices.set(kind, table);
    }
    return table;
  }
}

const OBJECT_TYPE = {
  body: "mjOBJ_BODY",
  joint: "mjOBJ_JOINT",
  geom: "mjOBJ_GEOM",
  site: "mjOBJ_SITE",
  camera: "mjOBJ_CAMERA",
  light: "mjOBJ_LIGHT",
  actuator: "mjOBJ_ACTUATOR",
  sensor: "mjOBJ_SENSOR",
  key: "mjOBJ_KEY",
  mesh: "mjOBJ_MESH",
  hfield: "mjOBJ_HFIELD",
  material: "mjOBJ_MATERIAL",
  texture: "mjOBJ_TEXTURE",
} as const;

const COUNT = {
  body: "nbody",
  joint: "njnt",
  geom: "ngeom",
  site: "nsite",
  camera: "ncam",
  light: "nlight",
  actuator: "nu",
  sensor: "nsensor",
  key: "nkey",
  mesh: "nmesh",
  hfield: "nhfield",
  material: "nmat",
  texture: "ntex",
} as const;
