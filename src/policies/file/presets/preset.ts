import type { RobotSpec } from "../../../sim/index.ts";
import type { SpecDraft } from "../foreign.ts";
import type { PolicyPorts } from "../ports.ts";

/** A description for published weights that carry none, recognised by the sizes of their graph. */
export interface PolicyPreset {
  readonly name: string;
  readonly title: string;
  readonly observationSize: number;
  readonly actionSize: number;
  /** The spec without what the graph itself says. */
  readonly spec: SpecDraft;
}

/** Whether a graph has the preset's sizes. */
export function fits(preset: PolicyPreset, ports: PolicyPorts): boolean {
  return preset.observationSize === ports.observationSize && preset.actionSize === ports.actionSize;
}

/** Joint table columns: name, default rad, kp N·m/rad, kd N·m·s/rad, torque limit N·m. */
export type JointColumns = readonly [name: string, pose: number, kp: number, kd: number, torqueLimit: number];

/** The spec fields that follow from the joints: those driven, and those observed besides. */
export function jointFields(driven: readonly JointColumns[], observed: readonly JointColumns[]): SpecDraft {
  const pose = [...observed, ...driven].map(([name, angle]) => [`${name}_joint`, angle]);
  return {
    jointNames: driven.map(([name]) => `${name}_joint`),
    observedJoints: observed.map(([name]) => `${name}_joint`),
    defaultJointPos: Object.fromEntries(pose),
    kp: driven.map(([, , kp]) => kp),
    kd: driven.map(([, , , kd]) => kd),
    torqueLimit: driven.map(([, , , , torqueLimit]) => torqueLimit),
  };
}

/** Rows of one side for both: left first, then right; roll joints' angles change sign where the table says so. */
export function sides(rows: readonly JointColumns[]): JointColumns[] {
  return ["left", "right"].flatMap((side) =>
    rows.map(([name, pose, ...rest]): JointColumns => {
      const isMirrored = side === "right" && pose !== 0 && /roll|yaw/.test(name);
      return [`${side}_${name}`, isMirrored ? -pose : pose, ...rest];
    }),
  );
}

/** Velocity ranges, m/s and rad/s. */
export function velocityRanges(vx: number, vy: number, yawRate: number): SpecDraft {
  const range = (name: string, high: number) => ({ name, low: -high, high });
  return { commands: [range("vx", vx), range("vy", vy), range("yawRate", yawRate)] };
}

/** Whether a robot is the one the preset was made for, in any of its variants. */
export function isFor(preset: PolicyPreset, robot: RobotSpec): boolean {
  return robotFamily(String(preset.spec.robot)) === robotFamily(robot.name);
}

/** A robot's name without what its variants carry, a number of joints or grippers: h1_2_27dof is an h1_2. */
export function robotFamily(name: string): string {
  return name.replace(/_(\d+dof|grippers)$/, "");
}
