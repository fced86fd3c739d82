import { z } from "zod";
import { ContrappostoError } from "../../common/index.ts";
import {
  compileWorld,
  Engine,
  FilmStrip,
  openPlant,
  openRecording,
  type Plant,
  type Recording,
  type ReplayResult,
  ReplayWorld,
  replayDump,
  replay as replaySession,
} from "../../sim/index.ts";
import { defineCommand } from "../command.ts";
import type { CommandIo } from "../command-io.ts";
import { parseDivergence } from "../divergence.ts";
import { readBytes, readText, writeAtomically } from "../files.ts";
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
  flags: z.strictObject({
    film: z.string().optional().meta({
      description: "PNG file of pictures side by side, from the robot's right",
      placeholder: "file",
    }),
    filmFrom: z.number().nonnegative().default(2).describe("time of the first picture, s"),
    filmEvery: z.number().positive().default(0.1).describe("time between pictures, s"),
    filmPictures: z.int().positive().default(9).describe("how many"),
  }),
  examples: [
    { line: "replay walk.mcap --film gait.png", about: "a stride in nine pictures" },
    { line: "replay walk.mcap", about: "does it still come out the same?" },
    { line: "replay walk.mcap --json", about: "the same, for a program" },
    { line: "replay diverged-h1_2-120.json", about: "the control step in which the physics broke" },
  ],
  run: async ({ file, ...flags }, io) => {
    if (file.endsWith(".json")) return replayDivergence(file, io);
    const recording = openRecording(await readBytes(file));
    using world = new ReplayWorld(await Engine.load(), recording);
    using progress = io.progress("replaying", recording.steps);
    const film = flags.film === undefined ? undefined : filming(world.plant, flags);
    let steps = 0;
    const result = replaySession(recording, world.plant, {
      onStep: () => {
        film?.look(steps);
        progress.update(++steps);
      },
    });
    if (flags.film !== undefined && film !== undefined)
      await writeAtomically(flags.film, film.strip.develop());
    const shown = flags.film === undefined ? {} : { film: flags.film };
    io.result({ file, ...origin(recording), ...result, ...shown }, (answer) => report(answer, io.style));
    const { firstMismatch } = result;
    if (firstMismatch === undefined) return;
    const { seconds, step, recorded, replayed } = firstMismatch;
    throw new ReplayDiffersError(
      `The replay of "${file}" left the recording by ${seconds.toFixed(2)} s (control step ${step}): recorded ${recorded}, replayed ${replayed}.`,
      "Input, engine or code differ from the recorded ones; the header names the version that recorded it.",
    );
  },
});

/** Takes the pictures of a film strip at their times, counted from the recording's beginning. */
function filming(
  plant: Plant,
  {
    filmFrom,
    filmEvery,
    filmPictures,
  }: { readonly filmFrom: number; readonly filmEvery: number; readonly filmPictures: number },
) {
  const strip = new FilmStrip(plant.simulation, plant.robot.baseBody);
  const look = (step: number): void => {
    const next = filmFrom + strip.frames * filmEvery;
    if (strip.frames < filmPictures && (step + 1) * plant.controlTimestep >= next - 1e-9) strip.expose();
  };
  return { strip, look };
}

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
