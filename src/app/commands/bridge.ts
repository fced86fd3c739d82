import { z } from "zod";
import { UsageError } from "../../common/index.ts";
import { Bridge, DdsNetwork, type LoopReport, monotonicClock, type Transport } from "../../teleop/node.ts";
import { defineCommand } from "../command.ts";
import { LoopFlags, loopConfig } from "../loop-flags.ts";
import { LiveServer } from "../server/live-server.ts";
import { pageRoutes } from "../server/page-routes.ts";
import { worldsRoute } from "../server/routes.ts";
import { ServerFlags, serverOptions } from "../server/server-flags.ts";
import { modelOf } from "../server/session/describe-session.ts";
import { untilOver } from "../until-over.ts";
import { loadWorld } from "../worlds.ts";

/** `contrapposto bridge`. */
export const bridge = defineCommand({
  description: `Serves a robot: targets come in over a WebSocket, pass the safety layer and go to the motors at 500 Hz; its state goes
out to whoever watches. Run it beside the robot, on the wired network. The robot starts passive and does nothing before a
client asks for damping, then standing, then running. Anybody may stop it; so do Ctrl-C, L2 with B and select on the
remote, and silence of whoever controls it. Every limit is in the operating envelope: docs/safety.md.`,
  flags: z.strictObject({
    robot: z.string().default("h1_2").describe("robot: h1, h1_2 or h1_2_27dof"),
    transport: z
      .enum(["dds", "sim"])
      .default("sim")
      .describe("dds: Unitree's robot or a twin of it; sim: simulated here"),
    ...DdsNetwork.shape,
    scene: z.string().default("flat").describe("scene of a simulated robot; see scene list"),
    tethered: z
      .boolean()
      .default(false)
      .describe(
        "leave a simulated robot on its elastic band while it runs, for arms without a policy for the legs",
      ),
    authority: z
      .enum(["body", "arms"])
      .default("body")
      .describe("body: all motors, the motion service released; arms: waist and arms over it (arm_sdk)"),
    ...LoopFlags,
    dryRun: z.boolean().default(false).describe("go through everything and write nothing to the motors"),
    seconds: z.number().positive().optional().describe("end after this time, s; default: with Ctrl-C"),
    page: z.boolean().default(false).describe("serve a page, too, in which a browser shows the robot"),
    ...ServerFlags,
    port: z.int().min(0).max(65535).default(8765).describe("port to serve on; 0 takes any that is free"),
  }),
  examples: [
    { line: "bridge --robot h1_2 --transport sim", about: "a simulated robot on ws://127.0.0.1:8765/ws" },
    { line: "bridge --robot h1_2 --transport sim --page", about: "the same with a page that shows it" },
    {
      line: "bridge --robot h1_2 --transport dds --domain 0 --interface eth0 --dry-run",
      about: "beside the robot, hands off",
    },
  ],
  run: async (flags, io) => {
    const { robot: name, transport: kind, authority, dryRun, seconds, domain, interface: nic } = flags;
    if (flags.tethered && kind === "dds")
      throw new UsageError(
        "--tethered is for a simulated robot.",
        "A twin's band is let go by its own keyboard.",
      );
    const world = loadWorld({ robot: name, scene: flags.scene, seed: 0 });
    const transport: Transport =
      kind === "sim"
        ? { kind, world, isTethered: flags.tethered }
        : { kind, robot: world.robot, network: { domain, interface: nic } };
    const config = { ...(await loopConfig(world.robot, flags)), authority, isDryRun: dryRun };
    const page = flags.page ? await pageRoutes((text) => io.note(text)) : [];
    const now = monotonicClock(() => performance.now());
    const { signal } = io; // taken before there is a robot to let go of
    await using running = await Bridge.open(transport, config, now);
    await using server = await LiveServer.start(running, {
      ...(await serverOptions(flags)),
      routes: [worldsRoute(new Map([[running.worldId, world]])), ...page],
    });
    running.serve(server.hub, modelOf(running.worldId, world));
    const address = flags.page ? server.url : server.socketUrl;
    io.note(`${world.robot.title}${dryRun ? ", dry run" : ""}: ${address}`);
    if (server.token !== undefined) io.note(`token ${server.token}`);
    await untilOver({ signal, seconds }, running.ended);
    server.hub.setStop(true, "the bridge", "the bridge ends");
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { report } = running;
    io.result(
      {
        robot: name,
        transport: kind,
        phase: running.newest.sent.phase,
        ...report,
        lostSamples: running.lostSamples,
      },
      () => describe(report),
    );
  },
});

/** How punctual a loop was, for people. */
function describe({ ticks, missed, lateP50, lateP99, lateMax, busySeconds }: LoopReport): string {
  const ms = (s: number) => `${(1000 * s).toFixed(2)} ms`;
  return [
    `ticks      ${ticks}, ${missed} missed their deadline`,
    `late by    ${ms(lateP50)} median, ${ms(lateP99)} 99th percentile, ${ms(lateMax)} at worst`,
    `busy       ${((100 * busySeconds) / Math.max(1, ticks) / 0.002).toFixed(1)} % of a core`,
  ].join("\n");
}
