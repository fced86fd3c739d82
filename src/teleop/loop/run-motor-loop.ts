import type { MotorAuthority, MotorPort } from "../motor-port.ts";
import type { BodyGeometry } from "../safety/body-geometry.ts";
import type { Envelope } from "../safety/envelope.ts";
import { isDriven } from "../safety/phase.ts";
import { SafetyLayer } from "../safety/safety-layer.ts";
import { createTargetChunk } from "../safety/target-chunk.ts";
import { LoopChannel } from "./loop-channel.ts";
import type { LoopScheduling } from "./make-realtime.ts";
import { MOTOR_PERIOD, MotorLoop } from "./motor-loop.ts";
import { TickPace } from "./tick-pace.ts";

/** How a motor loop is to guard its robot. */
export interface LoopConfig extends LoopScheduling {
  readonly geometry: BodyGeometry;
  readonly envelope: Envelope;
  readonly authority: MotorAuthority;
  readonly isDryRun: boolean;
}

/** Silence of the owner's heartbeat after which the loop damps, s. */
const OWNER_PATIENCE = 1;
/** Told to end, the loop damps until the robot has been at rest, or its arms given back, for so long, s ... */
const REST_SECONDS = 0.2;
/** ... or for so long beside the giving back, s. */
const FAREWELL_SECONDS = 4;
/** Joints slower than this are at rest, rad/s. */
const REST_SPEED = 0.3;

/**
 * Runs a port behind a safety layer, at the pace of `TickPace`, until the channel says to end, and then damps. Blocks its
 * thread: nothing but ticks happens there, so neither a busy network nor somebody else's garbage can make one late.
 *
 * @param now s, CLOCK_MONOTONIC: the same in all threads
 */
export function runMotorLoop(
  port: MotorPort,
  config: LoopConfig,
  buffer: SharedArrayBuffer,
  now: () => number,
): void {
  const { robot, imuBody } = port;
  const safety = new SafetyLayer({ ...config, robot, imuBody });
  const loop = new MotorLoop(port, safety, config.isDryRun);
  const channel = new LoopChannel(robot, buffer);
  const obey = obeying(loop, channel);
  const pace = new TickPace({ now, sleep: (ms) => channel.sleep(ms) });
  const count = channel.count.bind(channel);
  while (!channel.isEnding) {
    obey(pace.begin());
    pace.end(count);
  }
  const isReal = port.restart === undefined; // a simulated robot ends with its loop
  if (isReal && safety.phase !== "passive") damp(loop, config, now);
}

/**
 * Damps until the robot has come to rest: whoever ends the loop may not leave it standing. Arms that were mixed into the
 * maker's controller go back to it by degrees: the robot keeps the last weight that it was told.
 */
function damp(loop: MotorLoop, { authority, envelope }: LoopConfig, now: () => number): void {
  const { safety, port } = loop;
  const start = now();
  const patience = FAREWELL_SECONDS + envelope.armReleaseSeconds;
  let restless = start;
  safety.stop("owner silence");
  for (let next = start; ; next += MOTOR_PERIOD) {
    const wait = 1000 * (next - now());
    if (wait > 0) Atomics.wait(IDLE, 0, 0, wait);
    const time = now();
    const { command } = loop.tick(time);
    const isAtRest = authority === "arms" ? command.weight === 0 : isSlow(port.state.dq);
    if (!isAtRest) restless = time;
    if (time - restless > REST_SECONDS || time - start > patience) return;
  }
}

const isSlow = (dq: Float64Array): boolean => dq.every((speed) => Math.abs(speed) < REST_SPEED);

const IDLE = new Int32Array(new SharedArrayBuffer(4));

/** What a tick does beside the loop's own work: hear the owner, tell the owner. Allocates nothing. */
function obeying(loop: MotorLoop, channel: LoopChannel): (time: number) => void {
  const { safety, port } = loop;
  const chunk = createTargetChunk(port.robot);
  let heartbeat = channel.heartbeat;
  let heard = Number.NaN;
  return (time) => {
    if (channel.heartbeat !== heartbeat || Number.isNaN(heard)) {
      heartbeat = channel.heartbeat;
      heard = time;
    }
    if (time - heard > OWNER_PATIENCE && isDriven(safety.phase)) safety.stop("owner silence");
    if (channel.has("stops")) safety.stop();
    if (channel.has("losses")) safety.leaseLost();
    if (channel.has("restarts")) port.restart?.();
    for (let request = channel.takeRequest(); request !== undefined; request = channel.takeRequest())
      safety.request(request);
    if (channel.takeChunk(chunk)) safety.offer(chunk, time);
    const sent = loop.tick(time);
    channel.publish(port.state, sent);
  };
}
