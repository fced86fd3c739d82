import type { MainModule, MjData } from "mujoco-js";
import { hashFloats, UsageError } from "../../common/index.ts";
import { DivergedError, engineComplaint } from "./errors.ts";
import type { Model } from "./model.ts";
import { type DataViews, KeptDataViews } from "./views.ts";

/** One contact between two geoms, copied out of the engine. */
export interface Contact {
  readonly geoms: readonly [number, number];
  /** Point between the surfaces, world, m. */
  readonly pos: Float64Array;
  /** Rows are the normal (from the first geom to the second) and two tangents, world. */
  readonly frame: Float64Array;
  /** Gap, m; negative where the geoms overlap. */
  readonly distance: number;
  /** Force [3] and torque [3] on the second geom in the contact frame, N and N·m. */
  readonly force: Float64Array;
}

/** The state of one world: what MuJoCo calls `mjData`. It lives on the WASM heap: hold it with `using`. */
export class Simulation implements Disposable {
  readonly model: Model;
  readonly handle: MjData;
  readonly views: DataViews;
  readonly #state;
  #stateView: Float64Array = new Float64Array();
  #jacobian: InstanceType<MainModule["DoubleBuffer"]> | undefined;
  readonly #stateType: number;
  #isDisposed = false;

  /** Takes ownership of a handle; called by `Engine`. */
  constructor(model: Model, handle: MjData) {
    const { mujoco } = model;
    this.model = model;
    this.handle = handle;
    this.views = new KeptDataViews(handle);
    this.#stateType = mujoco.mjtState.mjSTATE_INTEGRATION.value;
    this.#state = new mujoco.DoubleBuffer(mujoco.mj_stateSize(model.handle, this.#stateType));
  }

  /** Simulated time, s. */
  get time(): number {
    return this.handle.time;
  }

  /** Advances by one physics step. Throws `DivergedError` where the engine gives up; `reset` mends it. */
  step(): void {
    try {
      this.model.mujoco.mj_step(this.model.handle, this.handle);
    } catch (cause) {
      throw this.#gaveUp(cause);
    }
  }

  /**
   * Computes everything that follows from the state (poses, sensors, forces) without advancing time. Throws
   * `DivergedError` where the engine gives up; `reset` mends it.
   */
  forward(): void {
    try {
      this.model.mujoco.mj_forward(this.model.handle, this.handle);
    } catch (cause) {
      throw this.#gaveUp(cause);
    }
  }

  /** Poses of bodies, geoms and sites from qpos alone; cheaper than `forward`. */
  kinematics(): void {
    this.model.mujoco.mj_kinematics(this.model.handle, this.handle);
  }

  /**
   * How a site's position changes with each degree of freedom, at the poses that `kinematics` or `forward` left.
   *
   * @param out written and returned; row-major [3, nv], m/rad and m/m
   */
  siteJacobian(site: number, out: Float64Array): Float64Array {
    const { mujoco, handle, sizes } = this.model;
    this.#jacobian ??= new mujoco.DoubleBuffer(3 * sizes.nv);
    mujoco.mj_comPos(handle, this.handle);
    mujoco.mj_jacSite(handle, this.handle, this.#jacobian, null, site);
    out.set(this.#jacobian.GetView() as Float64Array);
    return out;
  }

  /** Returns to the model's initial state, or to a keyframe by name. */
  reset(keyframe?: string): void {
    const { mujoco, handle } = this.model;
    if (keyframe === undefined) mujoco.mj_resetData(handle, this.handle);
    else mujoco.mj_resetDataKeyframe(handle, this.handle, this.model.index("key", keyframe));
  }

  /** Everything that the next step depends on, copied: time, positions, velocities, controls, applied forces, warm start. */
  save(): Float64Array {
    return this.#capture().slice();
  }

  /** Like `save`, into `out`, which must have `stateSize` entries. Allocates nothing. */
  saveInto(out: Float64Array): void {
    out.set(this.#capture());
  }

  get stateSize(): number {
    return this.#state.GetElementCount();
  }

  /** Restores a state that `save` returned on a simulation of the same model; the next step is bit-identical. */
  restore(state: Float64Array): void {
    if (state.length !== this.stateSize) {
      throw new UsageError(
        `The saved state has ${state.length} numbers, the model's has ${this.stateSize}.`,
        "Restore it into a simulation of the model that it was saved from.",
      );
    }
    this.model.mujoco.mj_setState(
      this.model.handle,
      this.handle,
      state as unknown as number[],
      this.#stateType,
    );
  }

  /** A digest of the exact bits of the state. */
  hash(): string {
    return hashFloats(this.#capture());
  }

  /** Throws `DivergedError` if positions or velocities are not finite or a velocity is beyond 1e4. */
  assertFinite(): void {
    const { qpos, qvel } = this.views;
    let sum = 0;
    for (let i = 0; i < qpos.length; i++) sum += qpos[i];
    let fastest = 0;
    for (let i = 0; i < qvel.length; i++) fastest = Math.max(fastest, Math.abs(qvel[i]));
    if (sum - sum === 0 && fastest < 1e4) return;
    throw new DivergedError(this.#describeDivergence(), this.time);
  }

  /** The contacts of the last step, as copies; for inspection, not for the hot path. */
  contacts(): Contact[] {
    const { mujoco, handle } = this.model;
    const contacts = this.handle.contact;
    const force = new mujoco.DoubleBuffer(6);
    try {
      return Array.from({ length: this.handle.ncon }, (_, i) => {
        const contact = contacts.get(i);
        if (contact === undefined) throw new RangeError(`The engine has no contact ${i}.`);
        mujoco.mj_contactForce(handle, this.handle, i, force);
        const { geom, pos, frame } = contact as unknown as {
          geom: Int32Array;
          pos: Float64Array;
          frame: Float64Array;
        };
        const copy: Contact = {
          geoms: [geom[0], geom[1]],
          pos: Float64Array.from(pos),
          frame: Float64Array.from(frame),
          distance: contact.dist,
          force: Float64Array.from(force.GetView() as Float64Array),
        };
        contact.delete();
        return copy;
      });
    } finally {
      force.delete();
      contacts.delete();
    }
  }

  /** How often the engine warned of each kind since the last reset, such as `CONTACTFULL`; empty when all is well. */
  warnings(): Map<string, number> {
    const { mjtWarning } = this.model.mujoco;
    const counts = new Map<string, number>();
    const statistics = this.handle.warning; // belongs to the engine: deleting it aborts
    for (const [name, { value }] of Object.entries(mjtWarning).filter(([key]) =>
      key.startsWith("mjWARN_"),
    ) as [string, { value: number }][]) {
      const entry = statistics.get(value);
      if (entry !== undefined && entry.number > 0) counts.set(name.slice("mjWARN_".length), entry.number);
      entry?.delete();
    }
    return counts;
  }

  /** The dense joint-space inertia matrix at the current state, row-major [nv, nv]. Call `forward` first. */
  massMatrix(): Float64Array {
    const { mujoco, handle, sizes } = this.model;
    const matrix = new mujoco.DoubleBuffer(sizes.nv * sizes.nv);
    try {
      mujoco.mj_fullM(handle, this.handle, matrix);
      return Float64Array.from(matrix.GetView() as Float64Array);
    } finally {
      matrix.delete();
    }
  }

  [Symbol.dispose](): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#state.delete();
    this.#jacobian?.delete();
    this.handle.delete();
  }

  /** The state as it is; a kept view, overwritten by the next capture and dead once the heap has grown. */
  #capture(): Float64Array {
    this.model.mujoco.mj_getState(this.model.handle, this.handle, this.#state, this.#stateType);
    if (this.#stateView.length === 0) this.#stateView = this.#state.GetView() as Float64Array;
    return this.#stateView;
  }

  /** The engine throws where contacts need more working memory than the model grants, as a broken state makes them. */
  #gaveUp(cause: unknown): DivergedError {
    const complaint = engineComplaint(cause).replace(/\s*\n\s*/g, ", ");
    const hint = complaint.includes("out of memory") ? ' (more <size memory="..."/> gives it room)' : "";
    return new DivergedError(`the engine gave up: ${complaint}${hint}`, this.time, { cause });
  }

  #describeDivergence(): string {
    const { qpos, qvel } = this.views;
    const position = qpos.findIndex((value) => !Number.isFinite(value));
    if (position >= 0) return `qpos[${position}] is ${qpos[position]}`;
    const velocity = qvel.findIndex((value) => !(Math.abs(value) < 1e4));
    const joint = this.model.names("joint")[this.model.views.dof_jntid[velocity]];
    return `the velocity of joint "${joint}" (qvel[${velocity}]) is ${qvel[velocity]}`;
  }
}
