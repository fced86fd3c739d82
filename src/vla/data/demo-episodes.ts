import { COMMANDED_JOINTS, type DemoFile, type DemoInfo, manipulationTask } from "../../sim/index.ts";
import type { ActionDim } from "../vla-spec.ts";
import type { EpisodeSet } from "./episodes.ts";

/** A demonstration file as a training set. Every episode is unpacked: about 0.5 MB each with the default cameras. */
export function demoEpisodes(file: DemoFile, keeps: (info: DemoInfo) => boolean = () => true): EpisodeSet {
  const { header } = file;
  return {
    robot: header.robot,
    cameras: header.cameras.map(({ camera, width, height }) => ({ name: camera, width, height })),
    proprioception: header.proprioceptionNames,
    actions: header.actionNames,
    timestep: header.actionTimestep,
    tasks: [header.task],
    episodes: file.infos.flatMap((info, i) => {
      if (!keeps(info) || info.frames === 0) return [];
      const { proprioception, actions, images } = file.read(i);
      const { instruction, frames } = info;
      const { imageStride, task } = header;
      const landmark = landmarkOf(task, info);
      return [{ task, instruction, frames, proprioception, actions, images, imageStride, landmark }];
    }),
  };
}

/** The place of the target in the scene that the episode was made in: split, seed and shifts decide it. */
function landmarkOf(task: string, { split, seed, shifts }: DemoInfo): readonly [number, number] {
  const { things, target } = manipulationTask(task).layout({ split, seed, shifts });
  const thing = things.find(({ body }) => body === target);
  if (thing === undefined) throw new RangeError(`The scene of ${task} has no place for "${target}".`);
  return [thing.pos[0], thing.pos[1]];
}

/**
 * What each action means, by its name.
 *
 * @param isRelative joints as differences to their measured angle
 */
export function actionDims(
  names: readonly string[],
  proprioception: readonly string[],
  isRelative: boolean,
): ActionDim[] {
  const joints = new Set(COMMANDED_JOINTS);
  const velocities = new Set(["vx", "vy", "yaw_rate"]);
  return names.map((name): ActionDim => {
    if (joints.has(name)) {
      const at = proprioception.indexOf(name);
      return { name, kind: "joint", ...(isRelative && at >= 0 ? { relativeTo: at } : {}) };
    }
    if (name.endsWith("_gripper")) return { name, kind: "gripper" };
    return { name, kind: velocities.has(name) ? "velocity" : "plain" };
  });
}
