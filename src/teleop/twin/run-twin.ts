import { projectedGravity } from "../../common/index.ts";
import { compileWorld, Engine, Plant, PlantConfig, type World } from "../../sim/index.ts";
import type { DdsNetwork } from "../dds/cyclone/domain-config.ts";
import { Participant } from "../dds/cyclone/participant.ts";
import { MESSAGE_FAMILIES } from "../dds/messages/family.ts";
import { RobotMissingError } from "../errors.ts";
import { TWIN_TIMESTEP, type TwinConfig } from "./twin-config.ts";
import { TwinControls } from "./twin-controls.ts";
import { TwinEndpoint } from "./twin-endpoint.ts";
import { type MotorOwner, TwinRobot } from "./twin-robot.ts";

/** All that a thread needs to be a robot. */
export interface TwinAssignment {
  readonly world: World;
  readonly network: DdsNetwork;
  readonly config: TwinConfig;
  /** Buffer of the `TwinControls`. */
  readonly controls: SharedArrayBuffer;
}

/** Who has the motors, as `TwinControls` number them. */
export const MOTOR_OWNERS: readonly MotorOwner[] = ["nobody", "motion service", "commands", "watchdog"];

/** More than this late, the twin lets the time go instead of hurrying after it, ms. */
const GIVE_UP_MS = 50;

/**
 * Simulates a robot in real time on DDS until it is told to stop. Blocks its thread between two steps; nothing else
 * runs there.
 *
 * @param now monotonic, ms
 * @param ready called once, when the robot is on the network
 */
export async function runTwin(
  { world, network, config, controls: buffer }: TwinAssignment,
  now: () => number,
  ready: () => void,
): Promise<void> {
  const { hardware, name } = world.robot;
  if (hardware === undefined) {
    throw new RobotMissingError(
      `The robot "${name}" speaks no Unitree messages.`,
      "Use h1, h1_2 or h1_2_27dof.",
    );
  }
  const engine = await Engine.load();
  const plantConfig = PlantConfig.parse({ timestep: TWIN_TIMESTEP, decimation: 1, visuals: false });
  using model = compileWorld(engine, world, plantConfig).model;
  using plant = new Plant(engine.simulate(model), world.robot, plantConfig);
  const twin = new TwinRobot(plant, MESSAGE_FAMILIES[hardware.messages], config);
  using participant = await Participant.open(network);
  const endpoint = new TwinEndpoint(participant, twin);
  const controls = new TwinControls(buffer);
  ready();
  pace(controls, now, () => {
    endpoint.poll();
    obey(controls, twin);
    twin.step();
    endpoint.publish();
    report(controls, twin);
  });
}

/** Calls `tick` every 2 ms, in the long run exactly, until the stop switch is thrown. */
function pace(controls: TwinControls, now: () => number, tick: () => void): void {
  const period = 1000 * TWIN_TIMESTEP;
  let due = now();
  while (controls.read("stop") === 0) {
    const early = due - now();
    if (early > 0) controls.sleep(early);
    const late = now() - due;
    if (late > period) controls.bump("lateTicks");
    if (late > 1000 * controls.get("worstDelay")) controls.set("worstDelay", late / 1000);
    if (late > GIVE_UP_MS) due = now();
    tick();
    due += period;
  }
}

const seen = { pushes: 0, resets: 0 };

function obey(controls: TwinControls, twin: TwinRobot): void {
  const { remote, band } = twin;
  for (const stick of ["lx", "ly", "rx", "ry"] as const) remote[stick] = controls.get(stick);
  remote.keys = controls.read("keys");
  band.isAttached = controls.read("band") !== 0;
  band.lift = controls.get("lift");
  if (controls.read("pushes") !== seen.pushes) {
    seen.pushes = controls.read("pushes");
    twin.plant.kick([controls.get("pushX"), controls.get("pushY"), 0]);
  }
  if (controls.read("resets") !== seen.resets) {
    seen.resets = controls.read("resets");
    twin.reset();
  }
}

const gravity = new Float64Array(3);
const PELVIS = { pos: ["x", "y", "z"], quat: ["quatW", "quatX", "quatY", "quatZ"] } as const;

function report(controls: TwinControls, twin: TwinRobot): void {
  const { truth } = twin.plant;
  controls.set("time", twin.time);
  for (const [axis, name] of PELVIS.pos.entries()) controls.set(name, truth.basePos[axis]);
  for (const [k, name] of PELVIS.quat.entries()) controls.set(name, truth.baseQuat[k]);
  controls.set("upright", -projectedGravity(truth.baseQuat, gravity)[2]);
  controls.store("owner", MOTOR_OWNERS.indexOf(twin.owner));
  controls.store("divergences", twin.resets);
  const count = (verdict: Parameters<typeof twin.verdicts.get>[0]) => twin.verdicts.get(verdict) ?? 0;
  controls.store("accepted", count("accepted"));
  controls.store("badCrc", count("crc"));
  controls.store("refused", count("not finite") + count("mode machine") + count("ankle mode"));
}
