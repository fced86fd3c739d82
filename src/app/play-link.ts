import { WebSocket } from "ws";
import { errorMessage, UsageError } from "../common/index.ts";
import { createController, type Policy, type Request } from "../policies/index.ts";
import type { RobotSpec } from "../sim/index.ts";
import { type DriveResult, driveLink, type RobotLink } from "../teleop/index.ts";
import {
  LoopLink,
  monotonicClock,
  robotOf,
  type Transport,
  WebSocketLink,
  type WebSocketLinkOptions,
} from "../teleop/node.ts";
import { type ClientSocketConstructor, SOCKET_PATH } from "../wire/index.ts";
import type { CommandIo } from "./command-io.ts";
import { type LoopRequest, loopConfig } from "./loop-flags.ts";
import { loadMotions } from "./motions.ts";
import { readControllerFiles } from "./policy-files.ts";
import { policiesAskedFor } from "./runs/run-policy.ts";
import { LinkSession } from "./server/link-session.ts";
import { LiveServer } from "./server/live-server.ts";
import { pageRoutes } from "./server/page-routes.ts";
import { robotPicture } from "./server/robot-picture.ts";
import { deferredRoute } from "./server/routes.ts";
import { type ServerRequest, serverOptions } from "./server/server-flags.ts";
import { loadWorld } from "./worlds.ts";

/** The flags of `play` that matter to a robot at the end of a link. */
export interface LinkRun extends LoopRequest {
  readonly link: string;
  readonly robot: string;
  readonly scene: string;
  readonly seed: number;
  readonly domain: number;
  readonly interface: string;
  readonly token?: string | undefined;
  readonly policy: readonly string[];
  readonly run?: string | undefined;
  readonly preset?: string | undefined;
  readonly deploy?: string | undefined;
  readonly command: readonly [number, number, number];
  readonly seconds?: number | undefined;
}

const SECONDS = 10;
const CONTROL_TIMESTEP = 0.02;
/** How fast velocity commands change on a robot, m/s² and rad/s². */
const ACCELERATION = 0.5;

/** Runs a policy on a robot until it is ended, steered from a page as a simulated one is. */
export async function steerOnLink(run: LinkRun & ServerRequest, io: CommandIo): Promise<void> {
  const robot = await robotAt(run);
  const policy = await controllerFor(run, robot);
  const { message, route } = await robotPicture(
    loadWorld({ robot: robot.name, scene: run.scene, seed: run.seed }),
  );
  const note = (text: string) => io.note(text);
  const page = pageRoutes(note);
  page.catch((error) => note(`there is no page: ${errorMessage(error)}`));
  const setup = {
    ...{ policy, acceleration: ACCELERATION, note, open: () => openLink(run) },
    motions: await loadMotions(robot).catch(() => undefined),
  };
  const session: LinkSession = new LinkSession(robot, setup, () => server.hub);
  await using server = await LiveServer.start(session, {
    ...(await serverOptions(run)),
    routes: [route, deferredRoute(page)],
    hub: { onFault: (error) => note(`the server failed: ${error}`) },
  });
  const link = await openLink(run);
  io.note(`the robot is at ${server.url}`);
  if (server.token !== undefined) io.note(`other machines need the token ${server.token}`);
  await session.run(link, message, io.signal);
}

/** Runs a policy on a robot, on a bridge's or on a simulated one's link: the same policy and request as without a link. */
export async function playOnLink(
  run: LinkRun,
  requestOf: (robot: RobotSpec) => Promise<Request>,
  io: CommandIo,
): Promise<void> {
  const { signal } = io;
  const robot = await robotAt(run);
  const policy = await controllerFor(run, robot);
  const request = await requestOf(robot);
  await using link = await openLink(run);
  const progress = io.progress("driving", Math.round((run.seconds ?? SECONDS) / CONTROL_TIMESTEP));
  const start = new Float64Array(2);
  const end = new Float64Array(2);
  const { seconds = SECONDS } = run;
  const result = await driveLink({
    link,
    policy,
    request,
    seconds,
    acceleration: ACCELERATION,
    signal,
    step: ({ state }) => {
      if (state.step === 0) start.set(state.basePos.subarray(0, 2));
      end.set(state.basePos.subarray(0, 2));
      progress.update(state.step + 1);
    },
  });
  progress[Symbol.dispose]();
  const moved = [end[0] - start[0], end[1] - start[1]];
  const roundTripMs = link instanceof WebSocketLink ? link.client.roundTripMs : 0;
  io.result(
    { robot: link.robot.name, link: run.link, policy: policy.name, ...result, moved, roundTripMs },
    (value) => describe(value, moved),
  );
}

const nowMs = () => performance.now();

/** Which robot is at the other end: known before it is in our hands, so that a policy is loaded while nobody waits for it. */
async function robotAt(run: LinkRun): Promise<RobotSpec> {
  const bridge = bridgeOf(run);
  return bridge === undefined ? robotOf(transportOf(run)) : WebSocketLink.robotAt(bridge);
}

async function openLink(run: LinkRun): Promise<RobotLink> {
  const bridge = bridgeOf(run);
  if (bridge !== undefined) return WebSocketLink.open(bridge);
  const transport = transportOf(run);
  const loop = await loopConfig(robotOf(transport), run);
  const config = { ...loop, authority: "body", isDryRun: false } as const;
  return LoopLink.open(transport, config, monotonicClock(nowMs));
}

/** How to reach a bridge, where the link is one to a bridge. */
function bridgeOf(run: LinkRun): WebSocketLinkOptions | undefined {
  const { link, token, envelope, realtime, reserve } = run;
  if (!/^wss?:\/\//.test(link)) return undefined;
  if (envelope !== undefined || realtime !== undefined || reserve)
    throw new UsageError(
      "The motor loop of this link is in the bridge.",
      "Give --envelope, --realtime and --reserve to the bridge.",
    );
  if (!URL.canParse(link)) throw new UsageError(`"${link}" is no address.`, "Give ws://HOST:PORT.");
  const url = new URL(link);
  if (url.pathname === "/") url.pathname = SOCKET_PATH;
  const socket = WebSocket as unknown as ClientSocketConstructor;
  return { url: url.href, socket, name: "contrapposto play", token, nowMs };
}

function transportOf(run: LinkRun): Transport {
  if (run.link !== "dds" && run.link !== "sim")
    throw new UsageError(`"${run.link}" is no link.`, "Give ws://HOST:PORT, wss://HOST:PORT, dds or sim.");
  const world = loadWorld({ robot: run.robot, scene: run.scene, seed: run.seed });
  return run.link === "sim"
    ? { kind: "sim", world }
    : { kind: "dds", robot: world.robot, network: { domain: run.domain, interface: run.interface } };
}

async function controllerFor(run: LinkRun, robot: RobotSpec): Promise<Policy> {
  const paths = policiesAskedFor({ ...run, robot: robot.name });
  if (paths.length === 0)
    throw new UsageError(
      "A robot at the end of a link needs a policy: the one that only balances is for the simulator.",
      "Give --policy FILE.",
    );
  return createController(robot, await readControllerFiles(paths, run), CONTROL_TIMESTEP);
}

function describe(
  { seconds, phase, fault, refusal, lateSteps, robot, link }: DriveResult & { robot: string; link: string },
  moved: readonly number[],
): string {
  const [x, y] = moved;
  return [
    `${robot} on ${link}`,
    refusal === "none" ? `ran for ${seconds.toFixed(2)} s` : `would not run: ${refusal}`,
    `ended in   ${phase}${fault === "none" ? "" : `, because of ${fault}`}`,
    `moved      ${Number.isNaN(x) ? "nobody knows how far" : `${x.toFixed(2)} ${y.toFixed(2)} m`}`,
    `late steps ${lateSteps}`,
  ].join("\n");
}
