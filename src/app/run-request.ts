import { UsageError } from "../common/index.ts";
import type { Request } from "../policies/index.ts";
import { CommandScript, MotionPlayer, type RobotSpec, scriptedCommand } from "../sim/index.ts";
import { readJson } from "./files.ts";
import { loadMotions } from "./motions.ts";
import type { RunFlags } from "./run-flags.ts";

/** What a run's flags ask of the robot: a command or a script of them, and a motion of the arms, again and again. */
export async function requestOf(flags: RunFlags, robot: RobotSpec, isStanding: boolean): Promise<Request> {
  const command = await commandOf(flags, isStanding);
  if (flags.motion === undefined) return { command };
  const library = await loadMotions(robot);
  const motion = library.get(flags.motion);
  const player = new MotionPlayer(robot, library.joints);
  return { command, reference: (time, out) => player.repeat(motion, time, flags.amplitude, out) };
}

async function commandOf(flags: RunFlags, isStanding: boolean): Promise<Request["command"]> {
  if (flags.script === undefined) return () => (isStanding ? [0, 0, 0] : flags.command);
  const script = CommandScript.safeParse(await readJson(flags.script));
  if (script.success) return (time) => scriptedCommand(script.data, time);
  throw new UsageError(
    `"${flags.script}" is no command script: ${script.error.issues[0].message}.`,
    'Write [{"time": 0, "velocity": [0.5, 0, 0]}, ...] with times in s.',
  );
}
