import { JOINT_TYPE, type Model } from "../engine/index.ts";

/** What a model says about one hinge; undefined where it says nothing. */
export interface JointFacts {
  readonly name: string;
  readonly range: readonly [number, number] | undefined;
  readonly torqueLimit: number | undefined;
  /** Gains of a position servo in the model. */
  readonly kp: number | undefined;
  readonly kd: number | undefined;
  /** Angle in the keyframe that looks most like a default pose, rad. */
  readonly keyAngle: number | undefined;
  /** True if one actuator drives the joint with exactly the torque that it is told, within a limit of the joint. */
  readonly isMotor: boolean;
}

/**
 * The hinges that a robot can move, in the model's order: those with an actuator, or all of them where the model has
 * no actuators at all.
 */
export function jointFacts(model: Model): JointFacts[] {
  const { jnt_type } = model.views;
  const facts = model
    .names("joint")
    .flatMap((name, joint) =>
      name !== "" && jnt_type[joint] === JOINT_TYPE.hinge
        ? [{ joint, name, actuator: actuatorOf(model, joint) }]
        : [],
    );
  const driven = facts.filter(({ actuator }) => actuator >= 0);
  const pose = poseKeyframe(model);
  return (driven.length > 0 ? driven : facts).map(({ joint, name, actuator }) => ({
    name,
    range: rising(model.views.jnt_range, joint),
    torqueLimit: torqueLimit(model, joint, actuator),
    ...servoGains(model, actuator),
    keyAngle:
      pose === undefined
        ? undefined
        : model.views.key_qpos[pose * model.sizes.nq + model.views.jnt_qposadr[joint]],
    isMotor: isMotor(model, joint, actuator),
  }));
}

function actuatorOf(model: Model, joint: number): number {
  const { actuator_trnid, actuator_trntype } = model.views;
  for (let i = 0; i < model.sizes.nu; i++)
    if (actuator_trntype[i] === 0 && actuator_trnid[2 * i] === joint) return i;
  return -1;
}

function poseKeyframe(model: Model): number | undefined {
  const names = model.names("key");
  const named = names.findIndex((name) => /default|home|stand/i.test(name));
  if (named >= 0) return named;
  return names.length > 0 ? 0 : undefined;
}

/** A pair of limits, or undefined where the engine left both ends at 0 for want of one. */
function rising(limits: Float64Array, index: number): readonly [number, number] | undefined {
  const [low, high] = limits.subarray(2 * index, 2 * index + 2);
  return low < high ? [low, high] : undefined;
}

function torqueLimit(model: Model, joint: number, actuator: number): number | undefined {
  const { jnt_actfrcrange, actuator_forcerange, actuator_ctrlrange, actuator_gear } = model.views;
  const atJoint = rising(jnt_actfrcrange, joint)?.[1];
  if (atJoint !== undefined || actuator < 0) return atJoint;
  const gear = Math.abs(actuator_gear[6 * actuator]);
  const force = rising(actuator_forcerange, actuator)?.[1];
  if (force !== undefined) return force * gear;
  const control = rising(actuator_ctrlrange, actuator)?.[1];
  const gain = Math.abs(model.views.actuator_gainprm[10 * actuator]);
  return control !== undefined && model.views.actuator_biastype[actuator] === 0
    ? control * gain * gear
    : undefined;
}

function servoGains(model: Model, actuator: number): { kp: number | undefined; kd: number | undefined } {
  const { actuator_biastype, actuator_gainprm, actuator_biasprm, actuator_gear } = model.views;
  if (actuator < 0 || actuator_biastype[actuator] !== 1 || actuator_biasprm[10 * actuator + 1] === 0)
    return { kp: undefined, kd: undefined };
  // The servo's length and force both pass through the gear.
  const gear = actuator_gear[6 * actuator] ** 2;
  const kd = -actuator_biasprm[10 * actuator + 2] * gear;
  return { kp: actuator_gainprm[10 * actuator] * gear, kd: kd > 0 ? kd : undefined };
}

function isMotor(model: Model, joint: number, actuator: number): boolean {
  if (actuator < 0 || rising(model.views.jnt_actfrcrange, joint) === undefined) return false;
  const { actuator_gaintype, actuator_biastype, actuator_gainprm, actuator_gear } = model.views;
  return (
    actuator_gaintype[actuator] === 0 &&
    actuator_biastype[actuator] === 0 &&
    actuator_gainprm[10 * actuator] === 1 &&
    actuator_gear[6 * actuator] === 1
  );
}
