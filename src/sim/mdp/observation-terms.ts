import { portableMath, projectedGravity, UsageError } from "../../common/index.ts";
import type { ControlState } from "../control-state.ts";
import type { RobotSpec } from "../robots/robot.ts";
import { type GaitClock, isStanding, leftPhase, rightPhase } from "./gait-phase.ts";
import type { MdpState } from "./mdp-state.ts";

/** What a term reads: the state, and the last action of the policy that observes. */
export interface ObservationSource {
  readonly state: ControlState;
  readonly lastAction: ArrayLike<number>;
  /** What rewards read, where there are any: in training. */
  readonly judged?: MdpState;
}

/** Writes a term's raw values into `out` from `offset` on. */
type Write = (source: ObservationSource, out: Float32Array, offset: number) => void;

/** A term bound to a robot and a policy. */
export interface Kernel {
  readonly size: number;
  readonly write: Write;
}

interface TermContext {
  readonly robot: RobotSpec;
  readonly joints: Int32Array;
  readonly defaults: Float64Array;
  readonly actionSize: number;
  readonly gait: GaitClock;
}

interface TermKind {
  /** What it measures. */
  readonly about: string;
  /** Whether no sensor of a robot measures it. */
  readonly isPrivileged?: true;
  readonly build: (context: TermContext) => Kernel;
}

/** Every observation term by name. */
export const OBSERVATION_TERMS: Readonly<Record<string, TermKind>> = {
  base_lin_vel: {
    about: "pelvis velocity, pelvis frame, m/s (privileged)",
    isPrivileged: true,
    build: () => vector(3, (s) => s.state.baseLinVel),
  },
  travel: {
    about: "pelvis velocity and yaw rate over half a stride, pelvis frame, m/s, rad/s (in training alone)",
    isPrivileged: true,
    build: () => judged(3, ({ travel }, out, offset) => out.set(travel, offset)),
  },
  base_height: {
    about: "pelvis height above the ground, m (in training alone)",
    isPrivileged: true,
    build: () =>
      judged(1, ({ state, groundHeight }, out, offset) => {
        out[offset] = state.basePos[2] - groundHeight;
      }),
  },
  feet_force: {
    about: "upward force on the left and right foot, N (in training alone)",
    isPrivileged: true,
    build: () =>
      judged(2, ({ feet }, out, offset) => {
        out[offset] = feet.force[2];
        out[offset + 1] = feet.force[5];
      }),
  },
  randomization: {
    about:
      "how the robot differs: kg at the pelvis and in each hand, shift of the torso's centre of mass in m [3], friction of the feet, age of targets in s (in training alone)",
    isPrivileged: true,
    build: () => judged(7, ({ drawn }, out, offset) => out.set(drawn, offset)),
  },
  base_ang_vel: {
    about: "pelvis angular velocity, pelvis frame, rad/s",
    build: () => vector(3, (s) => s.state.baseAngVel),
  },
  projected_gravity: { about: "down direction, pelvis frame, unit", build: projectedGravityKernel },
  velocity_command: {
    about: "commanded [vx, vy, yaw rate], m/s, rad/s",
    build: () => vector(3, (s) => s.state.command),
  },
  linear_command: { about: "commanded [vx, vy], m/s", build: () => vector(2, (s) => s.state.command) },
  yaw_command: { about: "commanded yaw rate, rad/s", build: yawCommand },
  joint_pos: { about: "joint angles minus the default pose, rad", build: jointPos },
  joint_vel: { about: "joint velocities, rad/s", build: (c) => gathered(c.joints, (s) => s.state.dq) },
  joint_reference: {
    about: "reference joint angles, absolute, rad",
    build: (c) => gathered(c.joints, (s) => s.state.reference),
  },
  last_action: {
    about: "the policy's previous raw action",
    build: (c) => vector(c.actionSize, (s) => s.lastAction),
  },
  gait_phase_feet: { about: "sine of the left and right foot's phase", build: gaitPhaseFeet },
  gait_cosine_feet: {
    about: "cosine of the left and right foot's phase; -1 while standing, as holosoma has it",
    build: gaitCosineFeet,
  },
  gait_phase: { about: "sine and cosine of the left foot's phase", build: gaitPhase },
};

function vector(size: number, read: (source: ObservationSource) => ArrayLike<number>): Kernel {
  return {
    size,
    write(source, out, offset) {
      const values = read(source);
      for (let k = 0; k < size; k++) out[offset + k] = values[k];
    },
  };
}

/** A term of what rewards read, which nobody else knows. */
function judged(size: number, write: (judged: MdpState, out: Float32Array, offset: number) => void): Kernel {
  return {
    size,
    write({ judged }, out, offset) {
      if (judged === undefined)
        throw new UsageError(
          "An observation term that only training knows is asked for outside of it.",
          "Use it for critics, not for policies.",
        );
      write(judged, out, offset);
    },
  };
}

function gathered(joints: Int32Array, read: (source: ObservationSource) => Float64Array): Kernel {
  return {
    size: joints.length,
    write(source, out, offset) {
      const values = read(source);
      for (let k = 0; k < joints.length; k++) out[offset + k] = values[joints[k]];
    },
  };
}

function jointPos({ joints, defaults }: TermContext): Kernel {
  return {
    size: joints.length,
    write({ state }, out, offset) {
      for (let k = 0; k < joints.length; k++) out[offset + k] = state.q[joints[k]] - defaults[k];
    },
  };
}

function projectedGravityKernel(): Kernel {
  const gravity = new Float64Array(3);
  return vector(3, ({ state }) => projectedGravity(state.baseQuat, gravity));
}

function gaitPhaseFeet({ gait }: TermContext): Kernel {
  return {
    size: 2,
    write({ state }, out, offset) {
      out[offset] = portableMath.sin(2 * Math.PI * leftPhase(gait, state));
      out[offset + 1] = portableMath.sin(2 * Math.PI * rightPhase(gait, state));
    },
  };
}

function gaitCosineFeet({ gait }: TermContext): Kernel {
  return {
    size: 2,
    write({ state }, out, offset) {
      const isStill = isStanding(gait, state);
      out[offset] = isStill ? -1 : portableMath.cos(2 * Math.PI * leftPhase(gait, state));
      out[offset + 1] = isStill ? -1 : portableMath.cos(2 * Math.PI * rightPhase(gait, state));
    },
  };
}

function yawCommand(): Kernel {
  return {
    size: 1,
    write({ state }, out, offset) {
      out[offset] = state.command[2];
    },
  };
}

function gaitPhase({ gait }: TermContext): Kernel {
  return {
    size: 2,
    write({ state }, out, offset) {
      const angle = 2 * Math.PI * leftPhase(gait, state);
      out[offset] = portableMath.sin(angle);
      out[offset + 1] = portableMath.cos(angle);
    },
  };
}
