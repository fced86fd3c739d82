import type { MainModule, MjSpec, MjsBody } from "mujoco-js";
import { multiply, portableMath, UnknownNameError } from "../../common/index.ts";

/**
 * Takes joints out of a model: their bodies become parts of their parents, at the angle given. What drove a joint goes
 * with it, and so do keyframes, whose numbers no longer fit.
 *
 * @param joints angle of each joint by name, rad; a free joint leaves its body where the model says, whatever the angle
 * @throws UnknownNameError where the model has no such joint
 */
export function freezeJoints(
  mujoco: MainModule,
  spec: MjSpec,
  joints: Readonly<Record<string, number>>,
): void {
  const { mjOBJ_JOINT, mjOBJ_ACTUATOR, mjOBJ_KEY } = mujoco.mjtObj;
  for (const [name, angle] of Object.entries(joints)) {
    const element = mujoco.mjs_findElement(spec, mjOBJ_JOINT, name);
    const joint = element === undefined ? undefined : mujoco.mjs_asJoint(element);
    if (element === undefined || joint === undefined) throw new UnknownNameError("joint to freeze", name, []);
    const body = mujoco.mjs_getParent(element);
    if (body !== undefined && joint.type === mujoco.mjtJoint.mjJNT_HINGE) turn(body, joint.axis, angle);
    deleteAll(mujoco, spec, mjOBJ_ACTUATOR, (actuator) => {
      return mujoco.mjs_asActuator(actuator)?.target === name;
    });
    mujoco.mjs_delete(spec, element);
  }
  deleteAll(mujoco, spec, mjOBJ_KEY, () => true);
}

/** Turns a body in its parent about an axis of its own through its origin. */
function turn(body: MjsBody, axis: ArrayLike<number>, angle: number): void {
  const sine = portableMath.sin(angle / 2);
  const rotation = [portableMath.cos(angle / 2), sine * axis[0], sine * axis[1], sine * axis[2]];
  multiply(body.quat as Float64Array, rotation, body.quat as Float64Array);
}

type Element = NonNullable<ReturnType<MainModule["mjs_firstElement"]>>;
type ElementType = Parameters<MainModule["mjs_firstElement"]>[1];

function deleteAll(
  mujoco: MainModule,
  spec: MjSpec,
  type: ElementType,
  isMeant: (element: Element) => boolean,
): void {
  let element = mujoco.mjs_firstElement(spec, type);
  while (element !== undefined) {
    const next = mujoco.mjs_nextElement(spec, element);
    if (isMeant(element)) mujoco.mjs_delete(spec, element);
    element = next;
  }
}
