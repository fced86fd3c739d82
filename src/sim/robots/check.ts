import { angleBetween, type Rng, UsageError } from "../../common/index.ts";
import { type Engine, JOINT_TYPE, type Model, type Simulation } from "../engine/index.ts";
import { type FusedLink, fusedLinks } from "./fused-links.ts";

export type CheckedQuantity =
  | "total mass"
  | "mass"
  | "centre of mass"
  | "inertia"
  | "frame position"
  | "frame orientation"
  | "mass matrix"
  | "torque limit"
  | "armature";

/** One compared quantity of one link. */
export interface CheckRow {
  readonly quantity: CheckedQuantity;
  /** Link or joint; "robot" where the row is about the whole. */
  readonly link: string;
  /** Both values, in SI units; empty where the row is the worst over many poses. */
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
  /** Relative, but absolute (m, rad, N·m, kg·m²) for frames, torque limits and armature. */
  readonly error: number;
  readonly tolerance: number;
  readonly pass: boolean;
}

export interface RobotCheck {
  readonly rows: readonly CheckRow[];
  readonly pass: boolean;
  /** Joints that both models have, by name. */
  readonly sharedJoints: readonly string[];
  /** Joints of one model alone, welded at their reference position for the comparison. */
  readonly weldedOurs: readonly string[];
  readonly weldedTheirs: readonly string[];
}

/** Relative, except for frames, m and rad. */
const CHECK_TOLERANCE = { relative: 1e-3, position: 1e-4, angle: 1e-4, exact: 1e-9 } as const;

/**
 * Compares two robots that float freely. Both are reduced to the joints that they share: other joints are welded at
 * their reference position, and bodies without a joint are fused into their parent.
 *
 * The mass matrix is compared without armature, and the armature of the shared joints in rows of its own: a reference
 * may set armature in the default of all joints and so give it, unphysically, to its floating base.
 *
 * @param poses number of random poses at which frames and mass matrix are compared
 * @throws UsageError where the models share no joint or one does not float
 */
export function checkRobot(engine: Engine, ours: Model, theirs: Model, rng: Rng, poses = 100): RobotCheck {
  const sharedJoints = hinges(ours).filter((name) => theirs.find("joint", name) !== undefined);
  if (sharedJoints.length === 0) {
    throw new UsageError(
      `"${ours.label}" and "${theirs.label}" have no joint in common.`,
      "Compare models whose joints have the same names.",
    );
  }
  using left = engine.simulate(ours);
  using right = engine.simulate(theirs);
  const sides = [reduce(left, sharedJoints), reduce(right, sharedJoints)] as const;
  const rows = [
    relativeRow("total mass", "robot", [total(sides[0])], [total(sides[1])]),
    ...linkRows(sides),
    ...poseRows(sides, rng, poses),
    ...jointRows(sides),
  ];
  const isShared = new Set(sharedJoints);
  return {
    rows,
    pass: rows.every((row) => row.pass),
    sharedJoints,
    weldedOurs: hinges(ours).filter((name) => !isShared.has(name)),
    weldedTheirs: hinges(theirs).filter((name) => !isShared.has(name)),
  };
}

/** A model seen through the shared joints alone. */
interface Side {
  readonly simulation: Simulation;
  readonly names: readonly string[];
  readonly joints: readonly number[];
  /** The base and the bodies that the shared joints move. */
  readonly links: readonly FusedLink[];
  readonly labels: readonly string[];
  /** Addresses in qvel of the base's six and the shared joints' degrees of freedom. */
  readonly dofs: readonly number[];
}

type Sides = readonly [ours: Side, theirs: Side];

function reduce(simulation: Simulation, names: readonly string[]): Side {
  const { model } = simulation;
  const { jnt_bodyid, jnt_dofadr } = model.views;
  const base = floatingJoint(model);
  const joints = names.map((name) => model.index("joint", name));
  const bodies = [base, ...joints].map((joint) => jnt_bodyid[joint]);
  const bodyNames = model.names("body");
  return {
    simulation,
    names,
    joints: [base, ...joints],
    links: fusedLinks(simulation, bodies),
    labels: bodies.map((body) => bodyNames[body]),
    dofs: [
      ...[0, 1, 2, 3, 4, 5].map((i) => jnt_dofadr[base] + i),
      ...joints.map((joint) => jnt_dofadr[joint]),
    ],
  };
}

function hinges(model: Model): string[] {
  const { jnt_type } = model.views;
  return model
    .names("joint")
    .filter((_, i) => jnt_type[i] === JOINT_TYPE.hinge || jnt_type[i] === JOINT_TYPE.slide);
}

function floatingJoint(model: Model): number {
  const joint = model.views.jnt_type.indexOf(JOINT_TYPE.free);
  if (joint < 0)
    throw new UsageError(`"${model.label}" has no free joint.`, "Compare robots whose base floats.");
  return joint;
}

const total = ({ links }: Side): number => links.reduce((sum, link) => sum + link.mass, 0);

function linkRows([ours, theirs]: Sides): CheckRow[] {
  return ours.links.flatMap((link, i) => {
    const other = theirs.links[i];
    const label = ours.labels[i];
    return [
      relativeRow("mass", label, [link.mass], [other.mass]),
      relativeRow("centre of mass", label, link.centre, other.centre, sizeOf(other)),
      relativeRow("inertia", label, link.inertia, other.inertia),
    ];
  });
}

/** What an error of the centre is relative to: its distance from the frame, or the radius of gyration if larger. */
function sizeOf({ mass, centre, inertia }: FusedLink): number {
  return Math.max(norm(centre), Math.sqrt((inertia[0] + inertia[4] + inertia[8]) / (2 * mass)));
}

function poseRows(sides: Sides, rng: Rng, poses: number): CheckRow[] {
  const [ours] = sides;
  const position = new Float64Array(ours.links.length);
  const angle = new Float64Array(ours.links.length);
  let matrix = 0;
  for (let pose = 0; pose < poses; pose++) {
    takeRandomPose(sides, rng);
    for (let link = 0; link < position.length; link++) {
      const [a, b] = [frameOf(sides[0], link), frameOf(sides[1], link)];
      position[link] = Math.max(position[link], norm(a.pos.map((x, axis) => x - b.pos[axis])));
      angle[link] = Math.max(angle[link], angleBetween(a.quat, b.quat));
    }
    matrix = Math.max(matrix, massMatrixError(sides));
  }
  const { relative, position: metres, angle: radians } = CHECK_TOLERANCE;
  return [
    ...ours.labels.flatMap((label, i) => [
      row("frame position", label, [], [], position[i], metres),
      row("frame orientation", label, [], [], angle[i], radians),
    ]),
    row("mass matrix", "robot", [], [], matrix, relative),
  ];
}

/** The same pose for both: anywhere, any orientation, shared joints anywhere in the range that both allow. */
function takeRandomPose(sides: Sides, rng: Rng): void {
  const base = [rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(0, 2)];
  const quat = [rng.normal(), rng.normal(), rng.normal(), rng.normal()];
  const length = norm(quat);
  const angles = sides[0].names.map((_, i) => {
    const [[lowOurs, highOurs], [lowTheirs, highTheirs]] = sides.map((side) => rangeOf(side, i));
    return rng.uniform(Math.max(lowOurs, lowTheirs), Math.min(highOurs, highTheirs));
  });
  for (const { simulation, joints } of sides) {
    simulation.reset();
    const { jnt_qposadr } = simulation.model.views;
    const { qpos } = simulation.views;
    qpos.set([...base, ...quat.map((x) => x / length)], jnt_qposadr[joints[0]]);
    for (const [i, angle] of angles.entries()) qpos[jnt_qposadr[joints[i + 1]]] = angle;
    simulation.forward();
  }
}

function rangeOf({ simulation, joints }: Side, i: number): readonly [number, number] {
  const [low, high] = pairOf(simulation.model.views.jnt_range, joints[i + 1]);
  return low < high ? [low, high] : [-Math.PI, Math.PI];
}

function frameOf({ simulation, links }: Side, link: number): { pos: Float64Array; quat: Float64Array } {
  const { xpos, xquat } = simulation.views;
  const { body } = links[link];
  return { pos: xpos.slice(3 * body, 3 * body + 3), quat: xquat.slice(4 * body, 4 * body + 4) };
}

/** The largest error of an entry, relative to the geometric mean of its two diagonal entries. */
function massMatrixError([ours, theirs]: Sides): number {
  const [a, b] = [reducedMassMatrix(ours), reducedMassMatrix(theirs)];
  const size = ours.dofs.length;
  let worst = 0;
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      const scale = Math.sqrt(b[i * size + i] * b[j * size + j]);
      worst = Math.max(worst, Math.abs(a[i * size + j] - b[i * size + j]) / scale);
    }
  return worst;
}

/** Rows and columns of the shared degrees of freedom, with the others at rest, without armature. */
function reducedMassMatrix({ simulation, dofs }: Side): Float64Array {
  const full = simulation.massMatrix();
  const { nv } = simulation.model.sizes;
  const { dof_armature } = simulation.model.views;
  const reduced = new Float64Array(dofs.length * dofs.length);
  for (const [i, row] of dofs.entries())
    for (const [j, column] of dofs.entries())
      reduced[i * dofs.length + j] = full[row * nv + column] - (row === column ? dof_armature[row] : 0);
  return reduced;
}

function jointRows([ours, theirs]: Sides): CheckRow[] {
  return ours.names.flatMap((name, i) => {
    const limits = [torqueRange(ours, i), torqueRange(theirs, i)] as const;
    const armatures = [[armatureOf(ours, i)], [armatureOf(theirs, i)]] as const;
    return [absoluteRow("torque limit", name, ...limits), absoluteRow("armature", name, ...armatures)];
  });
}

function torqueRange({ simulation, joints }: Side, i: number): readonly number[] {
  const [low, high] = pairOf(simulation.model.views.jnt_actfrcrange, joints[i + 1]);
  return low < high ? [low, high] : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
}

/** The engine leaves both ends at 0 where a joint has no limit. */
const pairOf = (ranges: Float64Array, joint: number) => [ranges[2 * joint], ranges[2 * joint + 1]] as const;

const armatureOf = ({ simulation, dofs }: Side, i: number): number =>
  simulation.model.views.dof_armature[dofs[i + 6]];

function relativeRow(
  quantity: CheckedQuantity,
  link: string,
  ours: ArrayLike<number>,
  theirs: ArrayLike<number>,
  scale = norm(theirs),
): CheckRow {
  const error = norm(Array.from(ours, (x, i) => x - theirs[i])) / scale;
  return row(quantity, link, Array.from(ours), Array.from(theirs), error, CHECK_TOLERANCE.relative);
}

function absoluteRow(
  quantity: CheckedQuantity,
  link: string,
  ours: readonly number[],
  theirs: readonly number[],
): CheckRow {
  // Two absent limits are equal, although infinity minus infinity is not a number.
  const error = Math.max(...ours.map((x, i) => (x === theirs[i] ? 0 : Math.abs(x - theirs[i]))));
  return row(quantity, link, ours, theirs, error, CHECK_TOLERANCE.exact);
}

function row(
  quantity: CheckedQuantity,
  link: string,
  ours: readonly number[],
  theirs: readonly number[],
  error: number,
  tolerance: number,
): CheckRow {
  return { quantity, link, ours, theirs, error, tolerance, pass: error <= tolerance };
}

function norm(vector: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i] * vector[i];
  return Math.sqrt(sum);
}
