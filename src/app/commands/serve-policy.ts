import { z } from "zod";
import { UsageError } from "../../common/index.ts";
import { FeatureScorer, FixedNoise, SmallVla } from "../../vla/index.ts";
import { PolicyServer, serveVla } from "../../vla/node.ts";
import { defineCommand } from "../command.ts";
import { untilOver } from "../until-over.ts";
import { readScorers, readVla, ScorersFlag, VlaFlag } from "../vla-files.ts";

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

/** `contrapposto serve policy`. */
export const servePolicy = defineCommand({
  description: `Serves a VLA by openpi's WebSocket policy protocol, so that openpi's own client can ask it. Besides openpi's keys a request
may hold n_samples; the reply then has all candidates and their features, and with scorers their pseudo-counts and the
choice. An address other than this machine's own needs an API key.`,
  flags: z.strictObject({
    vla: VlaFlag,
    scorers: ScorersFlag.optional(),
    host: z.string().default("127.0.0.1").describe("address to listen on"),
    port: z.int().min(0).max(65_535).default(8000).describe("port; 0 takes a free one"),
    apiKey: z.string().optional().describe("clients must send it as Authorization: Api-Key"),
    seed: z.int().nonnegative().default(42).describe("seed of the noise bank"),
    threads: z.int().positive().default(1).describe("processor threads"),
  }),
  examples: [
    { line: "serve policy --vla runs/vla/20260101-120000_flow", about: "on this machine's port 8000" },
  ],
  run: async (flags, io) => {
    const { host, apiKey } = flags;
    if (!LOOPBACK.has(host) && apiKey === undefined)
      throw new UsageError(`Others could reach ${host}.`, "Give a key: --api-key KEY.");
    using model = await SmallVla.load(await readVla(flags.vla), { threads: flags.threads });
    const scorers = flags.scorers === undefined ? {} : await readScorers(flags.scorers);
    using scorer = scorers.taco === undefined ? undefined : await FeatureScorer.load(scorers.taco);
    const { spec } = model;
    await using server = await PolicyServer.listen({
      host,
      port: flags.port,
      apiKey,
      metadata: {
        robot: spec.robot,
        action_names: spec.actions.map(({ name }) => name),
        state_names: [...spec.proprioception],
        action_horizon: spec.chunkHorizon,
        action_timestep: spec.chunkTimestep,
        model_hash: spec.modelHash,
      },
      infer: serveVla(model, new FixedNoise(flags.seed), scorer),
      now: () => performance.now(),
    });
    io.note(`serving on ws://${host}:${server.port}; Ctrl-C ends`);
    await untilOver({ signal: io.signal, seconds: undefined });
    io.result({ port: server.port, end: "interrupted" }, () => "ended");
  },
});
