import { UnknownNameError } from "../../common/index.ts";
import { otherSide } from "../robots/mirror.ts";
import { Motion } from "./motion.ts";
import {
  decodeClip,
  MotionData,
  type MotionDifficulty,
  type MotionEntry,
  MotionFileError,
  MotionManifest,
  parseMotionFile,
} from "./motion-file.ts";
import type { MotionTag } from "./motion-tags.ts";

/** Which motions to take; fields left out take all. */
export interface MotionFilter {
  readonly split?: "train" | "eval";
  /** Motions that carry all of these. */
  readonly tags?: readonly MotionTag[];
}

/** One motion of a robot: what it is, how hard it is, and where it stands among all, 0 the easiest and 1 the hardest. */
export interface MotionInfo extends MotionEntry {
  readonly difficulty: MotionDifficulty;
  readonly hardness: number;
}

/** The motions of one robot. Clips are unpacked when they are first asked for, and kept. */
export class MotionLibrary {
  readonly robot: string;
  /** Torso, left arm, right arm. */
  readonly joints: readonly string[];
  /** All motions, in the order of the manifest. */
  readonly motions: readonly MotionInfo[];
  readonly #data: MotionData;
  readonly #file: string;
  readonly #unpacked = new Map<string, Motion>();

  private constructor(data: MotionData, file: string, motions: readonly MotionInfo[]) {
    this.robot = data.robot;
    this.joints = data.joints;
    this.motions = motions;
    this.#data = data;
    this.#file = file;
  }

  /** The data file of a robot, relative to the manifest. Throws `UnknownNameError` where the robot has no motions. */
  static dataFile(manifestText: string, robot: string, manifestFile = "manifest.json"): string {
    const { files } = parseMotionFile(MotionManifest, manifestText, manifestFile);
    const file = files[robot];
    if (file === undefined) throw new UnknownNameError("robot with motions", robot, Object.keys(files));
    return file;
  }

  /**
   * Reads a robot's motions from the texts of the manifest and of the robot's data file.
   *
   * @throws MotionFileError where a text does not hold or the two do not match
   */
  static parse(manifestText: string, dataText: string, file = "motions"): MotionLibrary {
    const manifest = parseMotionFile(MotionManifest, manifestText, "manifest.json");
    const data = parseMotionFile(MotionData, dataText, file);
    const count = data.joints.length;
    if (data.default.length !== count || data.mirrorSigns.length !== count)
      throw new MotionFileError(file, `has ${count} joints but ${data.default.length} default angles`);
    const entries = manifest.motions.map((entry) => {
      const difficulty = entry.robots[data.robot];
      if (difficulty === undefined || data.clips[entry.mirrorOf ?? entry.name] === undefined)
        throw new MotionFileError(file, `lacks the motion "${entry.name}" of the manifest`);
      return { ...entry, difficulty };
    });
    const hardness = rank(entries.map(({ difficulty }) => difficulty));
    return new MotionLibrary(
      data,
      file,
      entries.map((entry, i) => ({ ...entry, hardness: hardness[i] })),
    );
  }

  /** What is known of a motion. Throws `UnknownNameError`. */
  info(name: string): MotionInfo {
    const info = this.motions.find((motion) => motion.name === name);
    if (info === undefined) throw new UnknownNameError("motion", name, this.names());
    return info;
  }

  /** Names of the motions that pass a filter, in the order of the manifest. */
  names(filter: MotionFilter = {}): string[] {
    const { split, tags = [] } = filter;
    return this.motions
      .filter((motion) => split === undefined || motion.split === split)
      .filter((motion) => tags.every((tag) => motion.tags.includes(tag)))
      .map((motion) => motion.name);
  }

  /** The clip of that name. Throws `UnknownNameError`, or `MotionFileError` where its data is broken. */
  get(name: string): Motion {
    const kept = this.#unpacked.get(name);
    if (kept !== undefined) return kept;
    const { mirrorOf } = this.info(name);
    const motion =
      mirrorOf === undefined
        ? decodeClip(this.#data, name, this.#file)
        : mirrored(name, this.get(mirrorOf), this.#data.mirrorSigns);
    this.#unpacked.set(name, motion);
    return motion;
  }
}

function mirrored(name: string, motion: Motion, signs: readonly number[]): Motion {
  const { joints, frames } = motion;
  const count = joints.length;
  const source = joints.map((joint) => joints.indexOf(otherSide(joint)));
  const image = frames.map((_, at) => signs[at % count] * frames[at - (at % count) + source[at % count]]);
  return new Motion(name, joints, motion.default, image);
}

/** Places from 0 to 1 by the mean of the places in acceleration and in how far the centre of mass moves. */
function rank(difficulties: readonly MotionDifficulty[]): number[] {
  const byAcceleration = places(difficulties.map((difficulty) => difficulty.rmsAcceleration));
  const byExcursion = places(difficulties.map((difficulty) => difficulty.comExcursion));
  const place = places(byAcceleration.map((value, i) => value + byExcursion[i]));
  return place.map((value) => value / Math.max(1, place.length - 1));
}

function places(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => values[a] - values[b] || a - b);
  const result = new Array<number>(values.length);
  order.forEach((index, place) => {
    result[index] = place;
  });
  return result;
}
