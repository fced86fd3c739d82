import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../../common/index.ts";
import { createController, OnnxPolicy, type Policy, WholeBodyPolicy } from "../../policies/index.ts";
import type { ControlState, JointTargets, RobotSpec } from "../../sim/index.ts";
import { readControllerFiles } from "../policy-files.ts";
import { chosenPolicies } from "../shipped-policies.ts";
import { newestPolicy } from "./stage-run.ts";

/**
 * The policy files that drive a robot: the newest of `--run`, or those that `--policy` means. Throws `UsageError` where
 * both are given.
 */
export function policiesAskedFor(flags: {
  readonly run?: string | undefined;
  readonly policy: readonly string[];
  readonly robot: string;
}): string[] {
  if (flags.run === undefined) return chosenPolicies(flags.policy, flags.robot);
  if (flags.policy.length === 0) return policiesOfRun(flags.run);
  throw new UsageError("--policy and --run both say what drives the robot.", "Leave one of them out.");
}

/**
 * The newest policy files of a run: of one stage its own and its first opponent's, so that both halves are there; of a
 * pipeline those of the last stage that has any. Throws `UsageError` where there are none yet.
 */
export function policiesOfRun(folder: string): string[] {
  const stage = existsSync(join(folder, "pipeline.json")) ? newestStage(folder) : folder;
  const opponent = join(stage, "opponents", "1.onnx");
  return [newestPolicy(stage), ...(existsSync(opponent) ? [opponent] : [])];
}

function newestStage(pipeline: string): string {
  const newest = readdirSync(pipeline)
    .map((stage) => join(pipeline, stage))
    .filter((stage) => existsSync(join(stage, "policy.onnx")))
    .sort((a, b) => savedAt(a) - savedAt(b))
    .at(-1);
  if (newest !== undefined) return newest;
  throw new UsageError(`"${pipeline}" holds no policy yet.`, "Name a run that has saved once.");
}

const savedAt = (stage: string): number => statSync(join(stage, "policy.onnx")).mtimeMs;

/** How often a run is looked at by `watchRun`, ms. */
const WATCH_MS = 1000;

/** Tells, until it is disposed of, whenever the newest policies of a run have changed. */
export function watchRun(folder: string, changed: () => void): Disposable {
  let stamp = stampOf(folder);
  const timer = setInterval(() => {
    const now = stampIfThere(folder);
    if (now === undefined || now === stamp) return;
    stamp = now;
    changed();
  }, WATCH_MS);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** How often the files are looked at, control steps. */
const LOOK_EVERY = 50;

/** The newest policies of a run that goes on: read again whenever the run has saved, and forgetting then. */
export class RunPolicy implements Policy {
  readonly controlTimestep: number;
  readonly #folder: string;
  readonly #robot: RobotSpec;
  #policy: Policy;
  #stamp: string;
  #steps = 0;

  private constructor(folder: string, robot: RobotSpec, policy: Policy, stamp: string) {
    this.controlTimestep = policy.controlTimestep;
    this.#folder = folder;
    this.#robot = robot;
    this.#policy = policy;
    this.#stamp = stamp;
  }

  static async open(folder: string, robot: RobotSpec, controlTimestep: number): Promise<RunPolicy> {
    const stamp = stampOf(folder);
    return new RunPolicy(folder, robot, await load(folder, robot, controlTimestep), stamp);
  }

  get name(): string {
    return this.#policy.name;
  }

  get joints(): readonly string[] {
    return this.#policy.joints;
  }

  reset(): void {
    this.#policy.reset();
  }

  async act(state: ControlState, targets: JointTargets): Promise<void> {
    if (++this.#steps % LOOK_EVERY === 0) await this.#look();
    await this.#policy.act(state, targets);
  }

  async #look(): Promise<void> {
    const stamp = stampOf(this.#folder);
    if (stamp === this.#stamp) return;
    const old = this.#policy;
    this.#policy = await load(this.#folder, this.#robot, this.controlTimestep);
    this.#stamp = stamp;
    for (const part of old instanceof WholeBodyPolicy ? old.parts : [old])
      if (part instanceof OnnxPolicy) part[Symbol.dispose]();
  }
}

async function load(folder: string, robot: RobotSpec, controlTimestep: number): Promise<Policy> {
  return await createController(robot, await readControllerFiles(policiesOfRun(folder), {}), controlTimestep);
}

/** Undefined where the files are gone: who plays a run that is deleted keeps what it had. */
function stampIfThere(folder: string): string | undefined {
  try {
    return stampOf(folder);
  } catch {
    return undefined;
  }
}

/** Changes when the newest policies do: which files they are, and when they were written. */
function stampOf(folder: string): string {
  return policiesOfRun(folder)
    .map((path) => `${path}:${statSync(path).mtimeMs}`)
    .join();
}
