import { rotate } from "../../common/index.ts";
import type { Engine, Model, Simulation } from "../engine/index.ts";
import { type BodyPlan, chainTo, planBody } from "./body-plan.ts";
import type { JointFacts } from "./joint-facts.ts";
import { lowestPoint } from "./lowest-point.ts";
import { otherSide } from "./mirror.ts";
import type { JointGroup, JointSpec, RobotSpec } from "./robot.ts";

/** A robot made from a model, and what had to be guessed, in words for whoever must judge it. */
export interface DerivedRobot {
  readonly robot: RobotSpec;
  readonly guesses: readonly string[];
}

/** What joints get of which the model says nothing: N·m, rad/s, rad. */
export const GUESS = { torqueLimit: 50, velocityLimit: 20, range: [-Math.PI, Math.PI] } as const;

/**
 * Describes a floating robot from its compiled model. What the model says is taken; what it does not say is guessed:
 * stiffness of one full torque per radian (20 to 300 N·m/rad), damping of a fiftieth of that in seconds, 20 rad/s,
 * and zero angles for the default pose.
 *
 * @param facts the joints to drive, from the model as it came
 * @param velocityLimits rad/s by joint, from a URDF
 * @throws UsageError where the robot has not two feet
 */
export function deriveRobot(
  engine: Engine,
  model: Model,
  identity: { readonly name: string; readonly title: string; readonly model: string; readonly base: string },
  facts: readonly JointFacts[],
  velocityLimits: ReadonlyMap<string, number>,
): DerivedRobot {
  using simulation = engine.simulate(model);
  const plan = planBody(simulation, identity.base);
  const names = model.names("body");
  const joints = facts.map((fact, slot) => describeJoint(simulation, plan, fact, slot, velocityLimits));
  const imu = model.names("site").find((site) => /imu/i.test(site));
  const robot: RobotSpec = {
    name: identity.name,
    title: identity.title,
    model: identity.model,
    joints,
    baseBody: identity.base,
    standingHeight: standingHeight(simulation, plan, joints),
    footBodies: [names[plan.feet[0]], names[plan.feet[1]]],
    kneeBodies: [names[plan.knees[0]], names[plan.knees[1]]],
    ...(imu === undefined ? {} : { imuSite: imu }),
  };
  return { robot, guesses: guessesOf(facts, velocityLimits, robot) };
}

function describeJoint(
  simulation: Simulation,
  plan: BodyPlan,
  fact: JointFacts,
  motorSlot: number,
  velocityLimits: ReadonlyMap<string, number>,
): JointSpec {
  const torqueLimit = fact.torqueLimit ?? GUESS.torqueLimit;
  const range = fact.range ?? GUESS.range;
  const kp = fact.kp ?? Math.min(300, Math.max(20, torqueLimit));
  return {
    name: fact.name,
    group: groupOf(simulation.model, plan, fact.name),
    range,
    torqueLimit,
    velocityLimit: velocityLimits.get(fact.name) ?? GUESS.velocityLimit,
    kp,
    kd: fact.kd ?? Math.max(0.5, kp / 50),
    default: Math.min(range[1], Math.max(range[0], fact.keyAngle ?? 0)),
    mirrorSign: mirrorSign(simulation, fact.name),
    motorSlot,
  };
}

function groupOf(model: Model, plan: BodyPlan, joint: string): JointGroup {
  const body = model.views.jnt_bodyid[model.index("joint", joint)];
  if (plan.feet.some((foot) => chainTo(model, plan.base, foot).includes(body))) return "lower";
  return /wrist|hand|finger|thumb/i.test(joint) ? "wrist" : "upper";
}

/** Compares the joint's axis, seen in the mirror, with its counterpart's. */
function mirrorSign(simulation: Simulation, name: string): 1 | -1 {
  const { model } = simulation;
  const other = model.find("joint", otherSide(name)) === undefined ? name : otherSide(name);
  const [x, y, z] = axisOf(simulation, name);
  const [ox, oy, oz] = axisOf(simulation, other);
  // Rotations mirror like axial vectors: only the component across the mirror keeps its sign.
  return -x * ox + y * oy - z * oz >= 0 ? 1 : -1;
}

function axisOf({ model, views }: Simulation, name: string): [number, number, number] {
  const { jnt_axis, jnt_bodyid } = model.views;
  const joint = model.index("joint", name);
  const body = jnt_bodyid[joint];
  const quat = views.xquat.subarray(4 * body, 4 * body + 4);
  return rotate(quat, jnt_axis.subarray(3 * joint, 3 * joint + 3), [0, 0, 0]);
}

/** Height of the base over the lowest point of the feet in the default pose, the base level, m. */
function standingHeight(
  simulation: Simulation,
  { base, feet }: BodyPlan,
  joints: readonly JointSpec[],
): number {
  const { model, views } = simulation;
  const { jnt_qposadr, body_jntadr, geom_bodyid, geom_contype, geom_conaffinity } = model.views;
  const address = jnt_qposadr[body_jntadr[base]];
  views.qpos.set([0, 0, 0, 1, 0, 0, 0], address);
  for (const joint of joints) views.qpos[jnt_qposadr[model.index("joint", joint.name)]] = joint.default;
  simulation.kinematics();
  let lowest = Number.POSITIVE_INFINITY;
  for (const [geom, body] of geom_bodyid.entries()) {
    const collides = (geom_contype[geom] | geom_conaffinity[geom]) !== 0;
    const height = collides && feet.includes(body) ? lowestPoint(simulation, geom) : Number.NaN;
    if (height < lowest) lowest = height;
  }
  if (Number.isFinite(lowest)) return -lowest;
  // Feet without collision geometry: their frames must do.
  return -Math.min(...feet.map((foot) => views.xpos[3 * foot + 2]));
}

function guessesOf(
  facts: readonly JointFacts[],
  velocityLimits: ReadonlyMap<string, number>,
  robot: RobotSpec,
): string[] {
  const missing = (what: string, isMissing: (fact: JointFacts) => boolean, guess: string) => {
    const count = facts.filter(isMissing).length;
    return count === 0 ? [] : [`${what} of ${count} joints: ${guess}`];
  };
  return [
    `feet: ${robot.footBodies.join(" and ")}; knees: ${robot.kneeBodies.join(" and ")}`,
    ...missing("range", (fact) => fact.range === undefined, "a full turn"),
    ...missing("torque limit", (fact) => fact.torqueLimit === undefined, `${GUESS.torqueLimit} N·m`),
    ...missing("velocity limit", (fact) => !velocityLimits.has(fact.name), `${GUESS.velocityLimit} rad/s`),
    ...missing("stiffness", (fact) => fact.kp === undefined, "full torque at one radian, 20 to 300 N·m/rad"),
    ...missing("damping", (fact) => fact.kd === undefined, "stiffness times 0.02 s, at least 0.5 N·m·s/rad"),
    ...missing("default angle", (fact) => fact.keyAngle === undefined, "0, or the nearest end of the range"),
    ...(robot.imuSite === undefined ? ["IMU: in the base, since no site is named imu"] : []),
  ];
}
