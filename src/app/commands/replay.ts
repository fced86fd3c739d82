import { z } from "zod";
import { ContrappostoError } from "../../common/index.ts";
import {
  compileWorld,
  Engine,
  openPlant,
  openRecording,
  type Recording,
  type ReplayResult,
  ReplayWorld,
  replayDump,
  replay as replaySession,
} from "../../sim/index.ts";
import { defineCommand } from "../command.ts";
import type { CommandIo } from "../command-io.ts";
import { parseDivergence } from "../divergence.ts";
import { readBytes, readText } from "../files.ts";
import type { Style } from "../style.ts";
import { loadWorld } from "../worlds.ts";

/** A session did not come out as it was recorded. */
class ReplayDiffersError extends ContrappostoError {
  override readonly code = "REPLAY_DIFFERS";
}

/** `contrapposto replay`. */
export const replay = defineCommand({
  description: `Builds robot and scene from the recording itself, does everything again that was done, and compares a digest of every
bit of the physics once a second. Ends with status 1 where a digest differs, and says in which second.`,
  positionals: z.strictObject({
    file: z
      .string()
      .describe(
        "MCAP file that play --record has written, or JSON file that play left where the physics broke",
      ),
  }),
  flags: z.strictObject({}),
  examples: [
    { line: "replay walk.mcap", about: "does it still come out the same?" },
    { line: "replay walk.mcap --json", about: "the same, for a program" },
    { line: "replay diverged-h1_2-120.json", about: "the control step in which the physics broke" },
  ],
  run: async ({ file }, io) => {
    if (file.endsWith(".json")) return replayDivergence(file, io);
    const recording = openRecording(await readBytes(file));
    using world = new ReplayWorld(await Engine.load(), recording);
    using progress = io.progress("replaying", recording.steps);
    let steps = 0;
    const result = replaySession(recording, world.plant, {
      onStep: () => progress.update(++steps),
    });
    io.result({ file, ...origin(recording), ...result }, (answer) => report(answer, io.style));
    const { firstMismatch } = result;
    if (firstMismatch === undefined) return;
    const { seconds, step, recorded, replayed } = firstMismatch;
    throw new ReplayDiffersError(
      `The replay of "${file}" left the recording by ${seconds.toFixed(2)} s (control step ${step}): recorded ${recorded}, replayed ${replayed}.`,
      "Input, engine or code differ from the recorded ones; the header names the version that recorded it.",
    );
  },
});

/** Runs a broken control step again; ends with status 1 where it does not break this time. */
async function replayDivergence(file: string, io: CommandIo): Promise<void> {
  const { world: request, plant: config, dump } = parseDivergence(await readText(file), file);
  const world = loadWorld(request);
  const engine = await Engine.load();
  const compiled = compileWorld(engine, world, config);
  using _model = compiled.model;
  using plant = openPlant(engine, compiled, config);
  const error = replayDump(dump, plant);
  const result = { file, ...request, verified: error !== undefined, problem: error?.problem ?? null };
  io.result(result, () => `${request.robot} in ${request.scene}: ${error?.problem ?? "the physics holds"}`);
  if (error !== undefined) return;
  throw new ReplayDiffersError(
    `The step in "${file}" does not break again.`,
    "Engine or code differ from those that wrote it.",
  );
}

function origin({ header }: Recording) {
  const { robot, sceneName, seed, policy, software, engine } = header;
  return { robot: robot.name, scene: sceneName, seed, policy, software, engine };
}

function report(answer: ReplayResult & ReturnType<typeof origin>, style: Style): string {
  const verdict = answer.verified ? style.green("verified") : style.red("not verified");
  return [
    `${answer.robot} in ${answer.scene}, seed ${answer.seed}${answer.policy === "" ? "" : `, under ${answer.policy}`}`,
    `${answer.steps} steps (${answer.seconds.toFixed(2)} s) replayed, ${verdict}: ${answer.checks} state hashes equal`,
    ...(answer.diverged ? ["the physics diverged at the end, as recorded"] : []),
    `state hash ${answer.stateHash}`,
  ].join("\n");
}
