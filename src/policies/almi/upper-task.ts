import { jointNames, type RobotSpec, TaskConfig } from "../../sim/index.ts";
import { almiLowerTask } from "./lower-task.ts";
import { CRITIC_PRIVILEGE, upperObservation } from "./observations.ts";

/** Rewards of the upper body, per second: ALMI's terms and weights (its code, `h1_2_upper`). */
const REWARDS = {
  track_reference: { weight: 10 },
  alive: { weight: 0.15 },
  orientation: { weight: -1 },
  torques: { weight: -1e-5 },
  joint_vel: { weight: -1e-3 },
  joint_acc: { weight: -2.5e-7 },
  action_rate: { weight: -0.01 },
  joint_pos_limits: { weight: -5 },
  joint_vel_limits: { weight: -2.5 },
  torque_limits: { weight: -2 },
} as const;

/**
 * ALMI's upper body as a task: arms and waist track a motion clip while frozen legs walk, which `withOpponent` adds.
 */
export function almiUpperTask(robot: RobotSpec): TaskConfig {
  const upperJoints = jointNames(robot, "upper");
  const upperTerms = upperObservation(upperJoints);
  return TaskConfig.parse({
    ...almiLowerTask(robot),
    actions: [{ name: "upper", joints: upperJoints }],
    observations: [
      { name: "policy", actionGroup: "upper", terms: upperTerms, isNoisy: true },
      {
        name: "critic",
        actionGroup: "upper",
        terms: [...CRITIC_PRIVILEGE, ...upperTerms],
        isPrivileged: true,
      },
    ],
    rewardedGroup: "upper",
    rewards: REWARDS,
  });
}

/**
 * The same task with a narrower kernel: ALMI's forgives an error of 0.2 rad with 92 % of the reward, so that arms which
 * hardly follow are paid almost as well as those that do. Here the same error brings 45 %.
 */
export function shapedUpperTask(robot: RobotSpec): TaskConfig {
  const task = almiUpperTask(robot);
  const rewards = { ...task.rewards, track_reference: { weight: 10, params: { sigma: 0.05 } } };
  return TaskConfig.parse({ ...task, rewards });
}
