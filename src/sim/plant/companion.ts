import { fromYaw, rotate } from "../../common/index.ts";
import { createJointTargets, type JointTargets } from "../control-state.ts";
import type { Simulation } from "../engine/index.ts";
import type { RobotSpec } from "../robots/robot.ts";
import type { PlantConfig } from "./plant-config.ts";
import { type RobotStart, SimulatedRobot } from "./simulated-robot.ts";

/** A further robot of a world. */
export interface CompanionSpec {
  /** Unique in its world; the robot's names in the model begin with it and a slash. */
  readonly name: string;
  readonly robot: RobotSpec;
  /** Where it starts, seen from the world's own robot: forward and left, m, and how far it is turned, rad. */
  readonly place: readonly [x: number, y: number, yaw: number];
}

/** A further robot in a plant's simulation, which the plant steps along. */
export class Companion extends SimulatedRobot {
  readonly name: string;
  /** What its motors are asked for at the plant's next step; for its controller to write. */
  readonly targets: JointTargets;
  readonly #place: CompanionSpec["place"];

  constructor(simulation: Simulation, { name, robot, place }: CompanionSpec, config: PlantConfig) {
    super(simulation, robot, config, prefixOf(name));
    this.name = name;
    this.targets = createJointTargets(robot);
    this.#place = place;
  }

  /** Asks its motors for the pose that it has, with its own gains. */
  hold(): void {
    const { q, kp, kd, tau } = this.targets;
    const { joints } = this.robot;
    for (let j = 0; j < joints.length; j++) {
      q[j] = this.simulation.views.qpos[this.index.qpos[j]];
      kp[j] = joints[j].kp;
      kd[j] = joints[j].kd;
      tau[j] = 0;
    }
  }

  /** Where it starts on level ground. @param start of the world's own robot */
  startBeside(start: RobotStart): RobotStart {
    const { basePos, yaw } = beside(start, this.#place);
    return { basePos: [basePos[0], basePos[1], this.robot.standingHeight], yaw };
  }
}

/** What stands before the names of a companion's bodies, joints and sensors in the model. */
export const prefixOf = (name: string): string => `${name}/`;

/** The point on the ground and the heading of a place beside a robot that starts somewhere. */
export function beside(
  { basePos = [0, 0, 0], yaw = 0 }: RobotStart,
  [x, y, turn]: CompanionSpec["place"],
): { readonly basePos: readonly [number, number]; readonly yaw: number } {
  const offset = rotate(fromYaw(yaw), [x, y, 0], [0, 0, 0]);
  return { basePos: [basePos[0] + offset[0], basePos[1] + offset[1]], yaw: yaw + turn };
}
