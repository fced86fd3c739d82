import { resolve } from "node:path";
import { errorMessage, UsageError } from "../../common/index.ts";
import type { CommandIo } from "../command-io.ts";
import type { PlayFlags } from "../commands/play.ts";
import { companionsOf } from "../companions.ts";
import { setUpVla } from "../play-vla.ts";
import { readControllerFiles } from "../policy-files.ts";
import { policiesAskedFor, policiesOfRun, watchRun } from "../runs/run-policy.ts";
import { untilOver } from "../until-over.ts";
import { FoxgloveServer } from "./foxglove-server.ts";
import { LiveServer, type Route } from "./live-server.ts";
import { pageRoutes } from "./page-routes.ts";
import { deferredRoute, policiesRoute, recordingsRoute, worldsRoute } from "./routes.ts";
import { serverOptions } from "./server-flags.ts";
import { SessionHost } from "./session/session-host.ts";

/** Opens the page's server with the robot in its world, and serves it until the user ends it. */
export async function playLive(flags: PlayFlags, io: CommandIo): Promise<void> {
  const startNs = process.hrtime.bigint();
  const recordings = resolve("recordings");
  const { robot, model, scene, seed, plant, preset, deploy, motion, amplitude, command, record } = flags;
  const policies = flags.run === undefined ? flags.policy : policiesAskedFor(flags);
  const companions = companionsOf(flags.companion);
  await using host = new SessionHost({
    ...{
      robot,
      model,
      scene,
      seed,
      companions,
      plant,
      policies,
      preset,
      deploy,
      motion,
      amplitude,
      command,
      record,
    },
    ...{ recordings, startNs },
  });
  using _watch = flags.run === undefined ? undefined : followRun(flags.run, host, io);
  const routes = [recordingsRoute(recordings), policiesRoute((name, bytes) => host.shelve(name, bytes))];
  await serve(host, flags, startNs, routes, io);
}

/** Lets the newest policies of a run take over whenever it has saved. */
function followRun(run: string, host: SessionHost, io: CommandIo): Disposable {
  const renew = async (): Promise<void> => {
    for (const { name, bytes } of await readControllerFiles(policiesOfRun(run), {}))
      await host.renew(name, bytes);
  };
  return watchRun(run, () => void renew().catch((error) => io.note(`${run}: ${errorMessage(error)}`)));
}

/** The same with a VLA at a bench, which does what it is told. Throws `UsageError` where model, task or scene is missing. */
export async function playVlaLive(flags: PlayFlags & { vla: string }, io: CommandIo): Promise<void> {
  if (flags.foxglove || flags.record !== undefined)
    throw new UsageError(
      "A VLA's session is neither recorded nor shown in Foxglove.",
      "Leave out --record and --foxglove.",
    );
  const startNs = process.hrtime.bigint();
  const vla = await setUpVla(flags);
  await using host = new SessionHost({
    ...{ vla, isSaid: flags.instruction !== undefined, goesOn: false, startNs },
  });
  await serve(host, flags, startNs, [], io);
}

async function serve(
  host: SessionHost,
  flags: PlayFlags,
  startNs: bigint,
  routes: readonly Route[],
  io: CommandIo,
): Promise<void> {
  const page = pageRoutes((text) => io.note(text));
  page.catch((error) => io.note(`there is no page: ${errorMessage(error)}`)); // other clients can connect all the same
  await host.opened;
  await using server = await LiveServer.start(host, {
    ...(await serverOptions(flags)),
    startNs,
    routes: [worldsRoute(host.worlds), ...routes, deferredRoute(page)],
    hub: { onFault: (error) => io.note(`the server failed: ${error}`) },
  });
  await using foxglove = flags.foxglove ? await openFoxglove(flags, server) : undefined;
  host.attach(server.hub, foxglove);
  announce(server, io);
  if (foxglove !== undefined) io.print(`Foxglove connects to ws://${flags.host}:${foxglove.port}`);
  await untilOver({ signal: io.signal, seconds: flags.seconds }, host.ended);
  const failure = host.failure;
  if (failure !== undefined) throw failure;
}

function openFoxglove(flags: PlayFlags, { token }: LiveServer): Promise<FoxgloveServer> {
  const rules = { host: flags.host, token, origins: flags.allowOrigin };
  return FoxgloveServer.start(`contrapposto ${flags.robot}`, flags.foxglovePort, rules);
}

function announce(server: LiveServer, io: CommandIo): void {
  io.print(`the robot is at ${io.style.bold(server.url)}`);
  if (server.token !== undefined) io.print(`other machines need the token ${server.token}`);
  io.print("Ctrl-C ends it");
}
