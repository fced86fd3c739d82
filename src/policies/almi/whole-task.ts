import { jointNames, type RobotSpec, TaskConfig } from "../../sim/index.ts";
import { wholeObservation } from "./observations.ts";

/** Terms that mean the legs by joints that both halves have. */
const OF_THE_LEGS = ["stand_still", "gait_pose"];

/**
 * Both halves' tasks as one, for a single network that drives the whole body: the baseline against which ALMI's two
 * networks are compared. It earns what the legs earn and what following the motion earns; what both tasks charge for, such
 * as torque, is charged once over all joints.
 *
 * @param lower the legs' task, whose world, commands and help it takes over
 * @param upper the arms' task
 */
export function wholeTask(robot: RobotSpec, lower: TaskConfig, upper: TaskConfig): TaskConfig {
  const [legs, arms] = [jointNames(robot, "lower"), jointNames(robot, "upper")];
  const terms = wholeObservation(arms);
  const rewards = { ...upper.rewards, ...lower.rewards };
  for (const name of OF_THE_LEGS)
    if (rewards[name] !== undefined) rewards[name] = { ...rewards[name], joints: legs };
  return TaskConfig.parse({
    ...lower,
    actions: [{ name: "whole", joints: [...legs, ...arms] }],
    observations: [
      { name: "policy", actionGroup: "whole", terms, isNoisy: true },
      { name: "critic", actionGroup: "whole", terms: [...privilegeOf(lower), ...terms], isPrivileged: true },
    ],
    rewardedGroup: "whole",
    rewards: { ...rewards, track_reference: { ...upper.rewards.track_reference, joints: arms } },
  });
}

/** What the critic of a task sees besides what its policy does. */
function privilegeOf({ observations }: TaskConfig): TaskConfig["observations"][number]["terms"] {
  const [policy, critic] = observations;
  return critic.terms.slice(0, critic.terms.length - policy.terms.length);
}
