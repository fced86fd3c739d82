import { type Rng, UsageError } from "../../common/index.ts";
import type { Episode } from "../curriculum.ts";
import type { ReferenceSource } from "../env.ts";
import { otherSide } from "../robots/mirror.ts";
import { jointIndices, jointNames, type RobotSpec } from "../robots/robot.ts";
import type { Motion } from "./motion.ts";
import type { MotionLibrary } from "./motion-library.ts";

/** Writes a motion into joint vectors of a robot; joints that the motion does not move keep their default angle. */
export class MotionPlayer {
  readonly #joints: Int32Array;
  readonly #angles: Float64Array;
  /** Which of the motion's joints are written. */
  readonly #moved: Int32Array;

  /**
   * @param isWaistStill leaves joints of neither side alone
   * @throws UsageError where the robot's upper body is not the one that the motions were made for
   */
  constructor(robot: RobotSpec, joints: readonly string[], isWaistStill = false) {
    const upper = jointNames(robot, "upper");
    const isSame =
      upper.length === joints.length && upper.every((name, i) => plain(name) === plain(joints[i]));
    if (!isSame) {
      throw new UsageError(
        `The motions move ${joints.join(", ")}; the upper body of ${robot.name} is ${upper.join(", ")}.`,
        "Use motions that were generated for this robot.",
      );
    }
    this.#joints = jointIndices(robot, upper);
    this.#angles = new Float64Array(joints.length);
    this.#moved = Int32Array.from(upper.keys()).filter(
      (i) => !isWaistStill || otherSide(upper[i]) !== upper[i],
    );
  }

  /** Writes the reference at a time into `out` (robot order, rad); leaves the other joints alone. Allocates nothing. */
  write(motion: Motion, time: number, amplitude: number, out: Float64Array): void {
    motion.sample(time, amplitude, this.#angles);
    for (let k = 0; k < this.#moved.length; k++) {
      const i = this.#moved[k];
      out[this.#joints[i]] = this.#angles[i];
    }
  }

  /** The same with the motion beginning again after its end. */
  repeat(motion: Motion, time: number, amplitude: number, out: Float64Array): void {
    this.write(motion, time - motion.seconds * Math.floor(time / motion.seconds), amplitude, out);
  }
}

/** ALMI's name for the elbow of the 21-joint H1-2 differs from the maker's. */
function plain(joint: string): string {
  return joint.replace("elbow_pitch", "elbow");
}

export interface MotionReferenceOptions {
  /** Names of the motions to draw from; default: the ones for training. */
  readonly names?: readonly string[];
  /**
   * Which motions a difficulty admits: "up-to" all that are no harder, "near" those whose place is within `width` of it,
   * as ALMI does. Default: up-to.
   */
  readonly draw?: "up-to" | "near";
  /** Share of the motions on either side of the difficulty that "near" admits. Default: 0.0025, as ALMI. */
  readonly width?: number;
  /** Start again after the clip's end, instead of holding its last frame. Default: true. */
  readonly repeats?: boolean;
  /**
   * Motions from the most harmless to the most disturbing, as survival ranks them. Default: `names`, by hardness.
   */
  readonly ranking?: readonly string[] | undefined;
  /** Motions of calm episodes, each as often, whatever the curriculum asks for. Default: those of all episodes. */
  readonly calm?: readonly string[] | undefined;
  /** Keep joints of neither side at their default angle: ALMI's first round leaves the waist alone. Default: false. */
  readonly isWaistStill?: boolean | undefined;
}

function byHardness(library: MotionLibrary, names: readonly string[]): string[] {
  return [...names].sort((a, b) => library.info(a).hardness - library.info(b).hardness);
}

/** What the upper body is asked to do in training: a motion per episode, as hard and as large as the curriculum says. */
export class MotionReference implements ReferenceSource {
  readonly #player: MotionPlayer;
  readonly #motions: readonly Motion[];
  readonly #calm: readonly Motion[] | undefined;
  readonly #options: Required<Pick<MotionReferenceOptions, "draw" | "width" | "repeats">>;
  #amplitude = 0;
  #motion: Motion;

  constructor(robot: RobotSpec, library: MotionLibrary, options: MotionReferenceOptions = {}) {
    const {
      names = library.names({ split: "train" }),
      ranking = byHardness(library, names),
      calm,
      isWaistStill = false,
      draw = "up-to",
      width = 0.0025,
      repeats = true,
    } = options;
    if (ranking.length === 0)
      throw new UsageError("No motions are left to draw from.", "Give at least one name.");
    this.#player = new MotionPlayer(robot, library.joints, isWaistStill);
    this.#motions = ranking.map((name) => library.get(name));
    const heldOut = calm?.find((name) => !ranking.includes(name));
    if (heldOut !== undefined)
      throw new UsageError(
        `"${heldOut}" is not among the ${ranking.length} motions to train with.`,
        "Name motions that motion list --split train shows.",
      );
    this.#calm = calm?.map((name) => library.get(name));
    this.#motion = this.#motions[0];
    this.#options = { draw, width, repeats };
  }

  /** The motion of the current episode. */
  get motion(): Motion {
    return this.#motion;
  }

  begin(
    rng: Rng,
    {
      motionDifficulty,
      motionAmplitude,
      isCalm,
    }: Pick<Episode, "motionDifficulty" | "motionAmplitude" | "isCalm">,
  ): void {
    const calm = isCalm ? this.#calm : undefined;
    this.#motion = calm === undefined ? this.#draw(rng, motionDifficulty) : calm[rng.integer(calm.length)];
    this.#amplitude = motionAmplitude;
  }

  sample(time: number, out: Float64Array): void {
    if (this.#options.repeats) this.#player.repeat(this.#motion, time, this.#amplitude, out);
    else this.#player.write(this.#motion, time, this.#amplitude, out);
  }

  #draw(rng: Rng, hardest: number): Motion {
    const count = this.#motions.length;
    const { draw, width } = this.#options;
    const low = draw === "near" ? Math.max(0, Math.floor((hardest - width) * count)) : 0;
    const reach = draw === "near" ? hardest + width : hardest;
    const high = Math.max(low, Math.min(count - 1, Math.floor(reach * count)));
    return this.#motions[Math.min(count - 1, low + rng.integer(high - low + 1))];
  }
}
