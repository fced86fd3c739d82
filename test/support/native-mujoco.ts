import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("./native_mujoco.py", import.meta.url));

/** A robot, where it starts and what it is driven by. Arrays of joints in one order of the caller's. */
export interface NativeRequest {
  readonly robot: string;
  readonly base: string;
  readonly scene: string;
  readonly timestep: number;
  readonly integrator: "mjINT_EULER" | "mjINT_IMPLICITFAST";
  readonly cone: "mjCONE_PYRAMIDAL" | "mjCONE_ELLIPTIC";
  readonly impratio: number;
  readonly jacobian: "mjJAC_DENSE" | "mjJAC_SPARSE";
  /** Whether it looks for groups of bodies that touch, and solves each alone. */
  readonly islands: boolean;
  readonly qpos: readonly number[];
  readonly qvel: readonly number[];
  readonly joints: readonly string[];
  readonly actuator: readonly number[];
  readonly target: readonly number[];
  readonly kp: readonly number[];
  readonly kd: readonly number[];
  readonly limit: readonly number[];
  /** Physics steps, and after how many each a sample of [qpos, qvel] is taken. */
  readonly steps: number;
  readonly every: number;
}

/** What native MuJoCo computed: at the start, and along the way. */
export interface NativeAnswer {
  readonly sensors: readonly number[];
  readonly bias: readonly number[];
  readonly mass: readonly number[];
  readonly bodyMass: readonly number[];
  readonly xpos: readonly number[];
  readonly contacts: number;
  readonly trajectory: readonly (readonly number[])[];
}

/** Why native MuJoCo of this version cannot be asked here; undefined where it can. */
export function whyNoNative(version: string): string | undefined {
  try {
    const found = python(["-c", "import mujoco; print(mujoco.__version__)"]).trim();
    return found === version ? undefined : `python3 has MuJoCo ${found}, the engine is ${version}`;
  } catch {
    return "python3 has no package mujoco";
  }
}

/** Asks native MuJoCo. */
export function askNative(request: NativeRequest): NativeAnswer {
  return JSON.parse(python([SCRIPT], JSON.stringify(request)));
}

function python(args: readonly string[], input = ""): string {
  return execFileSync("python3", args, {
    input,
    encoding: "utf8",
    stdio: "pipe",
    maxBuffer: 2 ** 28,
    env: { ...process.env, OMP_NUM_THREADS: "1" },
  });
}
