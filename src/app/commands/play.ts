import { z } from "zod";
import { UsageError } from "../../common/index.ts";
import { DdsNetwork } from "../../teleop/node.ts";
import { defineCommand } from "../command.ts";
import type { CommandIo } from "../command-io.ts";
import { LoopFlags } from "../loop-flags.ts";
import { playHeadless } from "../play-headless.ts";
import { playVla, VlaPlayFlags } from "../play-vla.ts";
import { RunFlags } from "../run-flags.ts";
import { requestOf } from "../run-request.ts";
import { ServerFlags } from "../server/server-flags.ts";

/** What `play` takes. */
export const PlayFlags = z.strictObject({
  headless: z
    .boolean()
    .default(false)
    .describe("run without a page in the browser, as fast as the machine allows"),
  ...RunFlags.shape,
  ...ServerFlags,
  foxglove: z.boolean().default(false).describe("serve the robot to Foxglove and Lichtblick too"),
  foxglovePort: z.int().min(0).max(65535).default(8765).describe("port for Foxglove"),
  link: z.string().optional().meta({
    description:
      "a robot to run the policy on: ws://HOST:PORT of a bridge, dds, or sim (with the safety layer); from a page, or at once with --headless or --seconds",
    placeholder: "link",
  }),
  ...DdsNetwork.shape,
  ...LoopFlags,
  ...VlaPlayFlags,
});
export type PlayFlags = z.output<typeof PlayFlags>;

/** `contrapposto play`. */
export const play = defineCommand({
  description: `Serves a page in which the robot is seen, driven, pushed and debugged, in real time. With --headless it runs as fast as
the machine allows and says how it went; it then ends early when the robot falls, which is an answer and not a failure
of the command.`,
  flags: PlayFlags,
  examples: [
    { line: "play --scene push", about: "a page with the robot, at http://127.0.0.1:8080" },
    {
      line: "play --companion h1_2@1.5,0.5,180",
      about: "another robot that faces it, to drive it by the key N",
    },
    { line: "play --host 0.0.0.0 --policy walk.onnx", about: "for the phone too, with a token" },
    { line: "play --headless --seconds 10", about: "the robot walks" },
    { line: "play --headless --policy balance", about: "it keeps its balance without a network" },
    {
      line: "play --headless --policy walk.onnx --command 0.5,0,0 --json",
      about: "walk, and answer in JSON",
    },
    {
      line: "play --headless --policy walk.onnx --motion wave_right --push 5,0.5,0",
      about: "wave the right arm, and get a shove after 5 s",
    },
    {
      line: "play --link ws://robot:8765 --policy walk.onnx",
      about: "steer a robot behind a bridge from the page; it begins when the page asks it to",
    },
    {
      line: "play --link dds --headless --seconds 10 --policy walk.onnx --command 0.3,0,0",
      about: "the same on a robot on DDS, without a page",
    },
    {
      line: 'play --scene tabletop --vla default --instruction "put the red box in the left tray"',
      about: "a page in which a VLA does what it is told, and shows what it might have done",
    },
    {
      line: 'play --headless --vla default --instruction "press the red button"',
      about: "a VLA at a bench does what it is told",
    },
    {
      line: "play --headless --run runs/lower/20260101-120000_h1_2",
      about: "what a training run can do by now",
    },
    {
      line: "play --headless --policy walk.onnx --scene rough:4 --record walk.mcap",
      about: "walk on rough ground and keep it",
    },
  ],
  run: (flags, io) =>
    flags.vla !== undefined
      ? playWithVla({ ...flags, vla: flags.vla }, io)
      : flags.link !== undefined
        ? playOnRobot({ ...flags, link: flags.link }, io)
        : flags.headless
          ? playHeadless(flags, io)
          : playOnPage(flags, io),
});

/** Throws `UsageError` where there are companions and nothing could move them. */
function refuseCompanions({ companion }: PlayFlags, where: string): void {
  if (companion.length > 0)
    throw new UsageError(`There are no companions ${where}.`, "Leave out --companion.");
}

async function playOnRobot(flags: PlayFlags & { link: string }, io: CommandIo): Promise<void> {
  refuseCompanions(flags, "on a robot's link");
  const { playOnLink, steerOnLink } = await import("../play-link.ts");
  if (!flags.headless && flags.seconds === undefined) return steerOnLink(flags, io);
  await playOnLink(flags, (robot) => requestOf(flags, robot, false), io);
}

async function playWithVla(flags: PlayFlags & { vla: string }, io: CommandIo): Promise<void> {
  refuseCompanions(flags, "at a VLA's bench");
  if (!["flat", "tabletop"].includes(flags.scene))
    throw new UsageError(`A VLA has no work in "${flags.scene}".`, 'Leave --scene out, or say "tabletop".');
  if (flags.headless) return await playVla(flags, io);
  const { playVlaLive } = await import("../server/play-live.ts");
  await playVlaLive(flags, io);
}

async function playOnPage(flags: PlayFlags, io: CommandIo): Promise<void> {
  for (const flag of ["script", "push"] as const)
    if (flags[flag] !== undefined && flags[flag].length > 0)
      throw new UsageError(
        `--${flag} is for runs without a page.`,
        "Add --headless, or drive and push by hand.",
      );
  const { playLive } = await import("../server/play-live.ts");
  await playLive(flags, io);
}
