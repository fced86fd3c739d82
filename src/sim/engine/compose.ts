import type { MainModule, MjModel, MjSpec, MjsBody } from "mujoco-js";
import { ContrappostoError, UnknownNameError, UsageError } from "../../common/index.ts";
import { modelErrorFrom } from "./errors.ts";
import { freezeJoints } from "./freeze.ts";
import { JACOBIAN } from "./model.ts";
import { folderOf, type ModelSource, mainText } from "./model-source.ts";
import { withFiles } from "./virtual-files.ts";

/** A model to hang into another one. */
export interface Attachment {
  readonly source: ModelSource;
  /** Which body to take, with all below it; default: the only body of the attached world. */
  readonly body?: string;
  /** Where its frame goes in the world: position, m, and orientation [w, x, y, z]. */
  readonly pos?: readonly [number, number, number];
  readonly quat?: readonly [number, number, number, number];
  /** Put before every name of the attachment, so that two copies can live in one world. */
  readonly prefix?: string;
  /** Joints to take out, by name, and the angles at which they stay, rad. */
  readonly frozenJoints?: Readonly<Record<string, number>>;
}

/** Physics options that a composition may set; the rest stays as the world model says. */
export interface PhysicsOptions {
  readonly timestep?: number;
  readonly integrator?: "euler" | "implicit" | "implicitfast" | "rk4";
  readonly solver?: "newton" | "cg" | "pgs";
  readonly iterations?: number;
  /** Whether bodies that touch each other are found, and each group solved alone. Default: as the world model says. */
  readonly islands?: boolean;
  readonly lineSearchIterations?: number;
  /** How the solver keeps what constraints act on; default: as the world model says. */
  readonly jacobian?: keyof typeof JACOBIAN;
  readonly cone?: "pyramidal" | "elliptic";
  /** How stiff friction is at least, as a multiple of how stiff contacts are against the surface: MuJoCo's `impratio`. */
  readonly frictionStiffness?: number;
  readonly gravity?: readonly [number, number, number];
  /** Bytes for contacts and constraints of one simulation; smaller lets more simulations fit the heap. */
  readonly memory?: number;
}

/** A world with things attached to it, ready to compile. */
export interface Composition {
  readonly world: ModelSource;
  readonly attachments: readonly Attachment[];
  readonly physics?: PhysicsOptions;
  /** False leaves out geoms that only look good; nothing that physics needs. */
  readonly hasVisuals?: boolean;
}

/** Compiles a composition through the engine's model editor; names, keyframes, sensors and actuators come along. */
export function compileComposition(mujoco: MainModule, composition: Composition): MjModel {
  const specs: MjSpec[] = [];
  try {
    const world = parseSpec(mujoco, composition.world, specs);
    world.compiler.discardvisual = composition.hasVisuals === false;
    mujoco.mjs_setDeepCopy(world, 1); // what is attached by reference is never freed
    const { attachments } = composition;
    let memory = world.memory;
    for (const [i, attachment] of attachments.entries()) {
      const child = parseSpec(mujoco, attachment.source, specs);
      memory = Math.max(memory, child.memory);
      child.memory = -1;
      child.compiler.discardvisual = world.compiler.discardvisual;
      if (attachment.frozenJoints !== undefined) freezeJoints(mujoco, child, attachment.frozenJoints);
      if (attachments.length > 1) letOthersTouch(mujoco, child, i, attachments.length);
      attach(mujoco, world, child, attachment);
    }
    // The constraints' matrix has so many times the rows, and the columns; a negative number lets the engine choose.
    const share = memory > 0 ? Math.max(1, attachments.length) ** 2 : 1;
    world.memory = composition.physics?.memory ?? memory * share;
    applyPhysics(mujoco, world, composition.physics ?? {});
    return mujoco.mj_compile(world);
  } catch (cause) {
    if (cause instanceof ContrappostoError) throw cause;
    throw modelErrorFrom(
      cause,
      [composition.world, ...composition.attachments.map((a) => a.source)].map((s) => s.main).join(" + "),
    );
  } finally {
    for (const spec of specs) release(mujoco, spec);
  }
}

function parseSpec(mujoco: MainModule, source: ModelSource, specs: MjSpec[]): MjSpec {
  return withFiles(mujoco, source, (root) => {
    const folder = [root, folderOf(source.main)].filter((part) => part !== "").join("/");
    mujoco.FS.chdir(folder);
    try {
      const spec = mujoco.parseXMLString(mainText(source));
      spec.modelfiledir = folder;
      specs.push(spec);
      return spec;
    } catch (cause) {
      throw modelErrorFrom(cause, source.main);
    } finally {
      mujoco.FS.chdir("/");
    }
  });
}

/** Bits of collision masks from here on are ours; models use the lower ones for themselves. */
const FIRST_BIT = 16;
const MOST_ATTACHMENTS = 31 - FIRST_BIT;

/**
 * Lets an attachment touch all other ones: masks that keep the parts of one robot from each other would keep the same
 * parts of two robots from each other too.
 */
function letOthersTouch(mujoco: MainModule, spec: MjSpec, own: number, count: number): void {
  if (count > MOST_ATTACHMENTS)
    throw new UsageError(
      `A world cannot hold ${count} robots.`,
      `Ask for ${MOST_ATTACHMENTS} or fewer: collision masks have no more bits.`,
    );
  const all = ((1 << count) - 1) << FIRST_BIT;
  const bit = 1 << (FIRST_BIT + own);
  const type = mujoco.mjtObj.mjOBJ_GEOM;
  for (
    let element = mujoco.mjs_firstElement(spec, type);
    element !== undefined;
    element = mujoco.mjs_nextElement(spec, element)
  ) {
    const geom = mujoco.mjs_asGeom(element);
    if (geom === undefined || (geom.contype | geom.conaffinity) === 0) continue;
    geom.contype |= bit;
    geom.conaffinity |= all & ~bit;
  }
}

/**
 * Frees a spec. The engine's own destructor keeps what compiling loaded (300 MB for a robot of 57 meshes), so the
 * heavy elements are deleted one by one first.
 */
function release(mujoco: MainModule, spec: MjSpec): void {
  const { mjOBJ_MESH, mjOBJ_HFIELD, mjOBJ_TEXTURE, mjOBJ_SKIN } = mujoco.mjtObj;
  for (const type of [mjOBJ_MESH, mjOBJ_HFIELD, mjOBJ_TEXTURE, mjOBJ_SKIN]) {
    let element = mujoco.mjs_firstElement(spec, type);
    while (element !== undefined) {
      const next = mujoco.mjs_nextElement(spec, element);
      mujoco.mjs_delete(spec, element);
      element = next;
    }
  }
  spec.delete();
}

function attach(mujoco: MainModule, world: MjSpec, child: MjSpec, attachment: Attachment): void {
  const body = attachedBody(mujoco, child, attachment);
  const site = mujoco.mjs_addSite(worldBody(mujoco, world), specDefault(mujoco, world));
  if (site === undefined)
    throw new UsageError("The engine could not add an attachment point.", "Report this model.");
  (site.pos as Float64Array).set(attachment.pos ?? [0, 0, 0]);
  (site.quat as Float64Array).set(attachment.quat ?? [1, 0, 0, 0]);
  site.group = 5;
  const attached = mujoco.mjs_attach(site.element, body.element, attachment.prefix ?? "", "");
  if (attached === undefined) {
    throw new UsageError(
      `"${attachment.source.main}" cannot be attached: ${mujoco.mjs_getError(world)}`,
      "Give the attachment a prefix if names collide.",
    );
  }
}

function attachedBody(mujoco: MainModule, child: MjSpec, attachment: Attachment): MjsBody {
  const root = worldBody(mujoco, child);
  const names: string[] = [];
  const type = mujoco.mjtObj.mjOBJ_BODY;
  for (
    let element = mujoco.mjs_firstChild(root, type, 0);
    element !== undefined;
    element = mujoco.mjs_nextChild(root, element, 0)
  ) {
    names.push(mujoco.mjs_getName(element));
  }
  const name = attachment.body ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined) {
    throw new UsageError(
      `"${attachment.source.main}" has ${names.length} top bodies.`,
      `Say which to attach: ${names.join(", ")}.`,
    );
  }
  const body = mujoco.mjs_findBody(child, name);
  if (body === undefined) throw new UnknownNameError(`body in ${attachment.source.main}`, name, names);
  return body;
}

function worldBody(mujoco: MainModule, spec: MjSpec): MjsBody {
  const body = mujoco.mjs_findBody(spec, "world");
  if (body === undefined) throw new UsageError("The model has no world body.", "Add a <worldbody> element.");
  return body;
}

function specDefault(mujoco: MainModule, spec: MjSpec) {
  const defaults = mujoco.mjs_getSpecDefault(spec);
  if (defaults === undefined) throw new UsageError("The model has no defaults.", "Report this model.");
  return defaults;
}

/** Writes physics options into a spec's or a model's option block. */
export function applyPhysics(
  mujoco: MainModule,
  target: { readonly option: MjSpec["option"] },
  physics: PhysicsOptions,
): void {
  const { option } = target;
  if (physics.timestep !== undefined) option.timestep = physics.timestep;
  if (physics.integrator !== undefined) option.integrator = integratorValue(mujoco, physics.integrator);
  if (physics.solver !== undefined) option.solver = { pgs: 0, cg: 1, newton: 2 }[physics.solver];
  if (physics.jacobian !== undefined) option.jacobian = JACOBIAN[physics.jacobian];
  if (physics.iterations !== undefined) option.iterations = physics.iterations;
  if (physics.lineSearchIterations !== undefined) option.ls_iterations = physics.lineSearchIterations;
  if (physics.cone !== undefined) option.cone = physics.cone === "pyramidal" ? 0 : 1;
  if (physics.frictionStiffness !== undefined)
    option.impratio = Math.max(option.impratio, physics.frictionStiffness);
  if (physics.gravity !== undefined) (option.gravity as Float64Array).set(physics.gravity);
  const { mjDSBL_ISLAND, mjDSBL_AUTORESET } = mujoco.mjtDisableBit;
  if (physics.islands === true) option.disableflags &= ~mjDSBL_ISLAND.value;
  if (physics.islands === false) option.disableflags |= mjDSBL_ISLAND.value;
  // A diverged state must be seen, not silently replaced by the initial one.
  option.disableflags |= mjDSBL_AUTORESET.value;
}

function integratorValue(mujoco: MainModule, name: NonNullable<PhysicsOptions["integrator"]>): number {
  const { mjINT_EULER, mjINT_RK4, mjINT_IMPLICIT, mjINT_IMPLICITFAST } = mujoco.mjtIntegrator;
  return { euler: mjINT_EULER, rk4: mjINT_RK4, implicit: mjINT_IMPLICIT, implicitfast: mjINT_IMPLICITFAST }[
    name
  ].value;
}
