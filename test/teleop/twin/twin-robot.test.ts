import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../../src/sim/engine/index.ts";
import { readModel } from "../../../src/sim/model-files/read-model.ts";
import { compilePlantModel, Plant } from "../../../src/sim/plant/plant.ts";
import { PlantConfig } from "../../../src/sim/plant/plant-config.ts";
import { h1 } from "../../../src/sim/robots/h1.ts";
import { h12 } from "../../../src/sim/robots/h1-2.ts";
import type { RobotSpec } from "../../../src/sim/robots/robot.ts";
import { MESSAGE_FAMILIES } from "../../../src/teleop/dds/messages/family.ts";
import { createLowCmd, type LowCmd } from "../../../src/teleop/dds/messages/low-cmd.ts";
import { MOTION_API, SERVICE_ERROR } from "../../../src/teleop/dds/rpc/motion-switcher.ts";
import { REMOTE_KEYS } from "../../../src/teleop/robot-state.ts";
import { answer } from "../../../src/teleop/twin/motion-service.ts";
import { TWIN_TIMESTEP, TwinConfig } from "../../../src/teleop/twin/twin-config.ts";
import { TwinRobot } from "../../../src/teleop/twin/twin-robot.ts";
import { ROOT } from "../../support/run-cli.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.load();
});
const plants: Disposable[] = [];
afterAll(() => {
  for (const plant of plants.reverse()) plant[Symbol.dispose]();
});

function twinOf(robot: RobotSpec, config: Parameters<typeof TwinConfig.parse>[0] = {}): TwinRobot {
  const plantConfig = PlantConfig.parse({ timestep: TWIN_TIMESTEP, decimation: 1, visuals: false });
  const source = {
    robot: readModel(`${ROOT}assets/${robot.model}`),
    scene: readModel(`${ROOT}scenes/flat.xml`),
  };
  const model = compilePlantModel(engine, robot, source, plantConfig);
  const plant = new Plant(engine.simulate(model), robot, plantConfig);
  plants.push(model, plant);
  const family = MESSAGE_FAMILIES[robot.name === "h1" ? "unitree_go" : "unitree_hg"];
  return new TwinRobot(plant, family, TwinConfig.parse(config));
}

function commandFor({ family, state }: TwinRobot, fill: (cmd: LowCmd) => void = () => {}): LowCmd {
  const cmd = createLowCmd(family);
  cmd.modeMachine = state.modeMachine;
  for (let slot = 0; slot < family.slots; slot++) cmd.mode[slot] = family.enabledMode(slot);
  fill(cmd);
  return cmd;
}

function run(twin: TwinRobot, seconds: number, eachStep: () => void = () => {}): void {
  for (let step = 0; step < Math.round(seconds / TWIN_TIMESTEP); step++) {
    eachStep();
    twin.step();
  }
}

describe("a twin", () => {
  it("hangs limp on its band at the height that is asked for, whatever it weighs", () => {
    for (const robot of [h1, h12]) {
      const twin = twinOf(robot, { lift: 0.1 });
      run(twin, 4);
      expect(twin.owner).toBe("nobody");
      expect(twin.plant.truth.basePos[2]).toBeCloseTo(robot.standingHeight + 0.1, 1);
      twin.band.isAttached = false;
      run(twin, 1.5);
      expect(twin.plant.truth.basePos[2]).toBeLessThan(0.6 * robot.standingHeight);
    }
  });

  it("drives each slot by the hardware's law", () => {
    const twin = twinOf(h1);
    const [joint, slot] = [0, h1.joints[0].motorSlot];
    const [q, dq] = [twin.plant.truth.q[joint], twin.plant.truth.dq[joint]];
    const cmd = commandFor(twin, (c) => {
      c.kp[slot] = 40;
      c.kd[slot] = 2;
      c.q[slot] = 0.2;
      c.dq[slot] = 1.5;
      c.tau[slot] = -3;
    });
    expect(twin.command(cmd, true)).toBe("accepted");
    twin.step();
    const expected = 40 * (Math.fround(0.2) - q) + 2 * (1.5 - dq) - 3;
    expect(twin.state.tauEst[slot]).toBeCloseTo(expected, 4);
    expect(twin.state.tauEst[h1.joints[1].motorSlot]).toBe(0);
  });

  it("takes Unitree's words for no position and no velocity", () => {
    const twin = twinOf(h1);
    const nothing = (c: LowCmd): void => {
      c.q.fill(2.146e9);
      c.dq.fill(16000);
    };
    expect(twin.command(commandFor(twin, nothing), true)).toBe("accepted");
    twin.step();
    expect(Math.max(...twin.state.tauEst.map(Math.abs))).toBe(0);
  });

  it("leaves a slot limp whose mode byte is not its motor's", () => {
    const twin = twinOf(h1);
    const stiff = (c: LowCmd): void => {
      c.kp.fill(100);
      c.q.fill(0.3);
      c.mode[7] = 0;
      c.mode[10] = 0x0a; // a weak motor, told as a strong one
    };
    twin.command(commandFor(twin, stiff), true);
    twin.step();
    expect([twin.state.tauEst[7], twin.state.tauEst[10]]).toEqual([0, 0]);
    expect(Math.abs(twin.state.tauEst[3])).toBeGreaterThan(1);
  });

  it("drops commands that the robot would drop, and goes on with the last good one", () => {
    const twin = twinOf(h12);
    const good = commandFor(twin, (c) => c.kd.fill(1));
    expect(twin.command(good, true)).toBe("accepted");
    const bad = (fill: (cmd: LowCmd) => void, isIntact = true) =>
      twin.command(commandFor(twin, fill), isIntact);
    expect(bad(() => {}, false)).toBe("crc");
    expect(bad((c) => c.tau.fill(Number.NaN))).toBe("not finite");
    expect(bad((c) => c.q.fill(Number.POSITIVE_INFINITY))).toBe("not finite");
    expect(
      bad((c) => {
        c.modeMachine = 4;
      }),
    ).toBe("mode machine");
    expect(
      bad((c) => {
        c.modePr = 1;
      }),
    ).toBe("ankle mode");
    run(twin, 0.1);
    expect(twin.owner).toBe("commands");
    expect(twin.verdicts.get("accepted")).toBe(1);
  });

  it("damps when commands stop, and takes new ones", () => {
    const twin = twinOf(h12);
    const hold = commandFor(twin, (c) => c.kp.fill(50));
    run(twin, 0.5, () => twin.command(hold, true));
    expect(twin.owner).toBe("commands");
    run(twin, 0.21);
    expect(twin.owner).toBe("watchdog");
    run(twin, 0.01, () => twin.command(hold, true));
    expect(twin.owner).toBe("commands");
  });

  it("acts on the last command for ever where that is asked for, as other simulators do", () => {
    const twin = twinOf(h12, { commandTimeout: 0 });
    twin.command(
      commandFor(twin, (c) => c.kd.fill(1)),
      true,
    );
    run(twin, 1);
    expect(twin.owner).toBe("commands");
  });

  it("stands by itself until the motors are taken from the built-in controller", () => {
    for (const robot of [h1, h12]) {
      const twin = twinOf(robot, { motionService: "ai", band: false });
      const limp = commandFor(twin);
      run(twin, 3, () => twin.command(limp, true)); // two writers: the service has the motors
      expect(twin.owner).toBe("motion service");
      expect(twin.plant.truth.basePos[2]).toBeGreaterThan(0.9 * robot.standingHeight);
      twin.remote.keys = REMOTE_KEYS.L2 | REMOTE_KEYS.R2;
      twin.step();
      expect(twin.motionService).toBe("");
    }
  });

  it("mixes arm_sdk commands into the built-in controller's by their weight", () => {
    const twin = twinOf(h12, { motionService: "ai", band: false });
    const elbow = h12.joints.findIndex(({ name }) => name === "left_elbow_pitch_joint");
    const cmd = createLowCmd(twin.family); // no mode bytes, as in Unitree's own examples
    for (const joint of h12.joints.filter(({ group }) => group === "upper")) {
      cmd.q[joint.motorSlot] = joint.default;
      cmd.kp[joint.motorSlot] = 80;
      cmd.kd[joint.motorSlot] = 2;
    }
    cmd.q[h12.joints[elbow].motorSlot] = 1.1;
    run(twin, 1, () => twin.commandArms(cmd));
    expect(twin.plant.truth.q[elbow]).toBeLessThan(0.45); // weight 0: the default pose of 0.3
    cmd.q[27] = 1;
    run(twin, 1, () => twin.commandArms(cmd));
    expect(twin.plant.truth.q[elbow]).toBeGreaterThan(0.9);
    expect(twin.plant.truth.basePos[2]).toBeGreaterThan(0.9);
  });

  it("says what hardware says: time that runs, its machine, mode bytes, a torso that feels gravity", () => {
    const twin = twinOf(h12);
    expect(twin.state.tick).toBeGreaterThan(0);
    run(twin, 3);
    const { tick, modeMachine, mode, imu } = twin.state;
    expect(tick).toBe(3000);
    expect(modeMachine).toBe(6);
    expect([...mode.slice(0, 20)]).toEqual([...Array(17).fill(1), 0, 0, 0]);
    expect(imu.acc[2]).toBeCloseTo(9.81, 0);
    twin.reset();
    twin.step();
    expect(twin.state.tick).toBe(3002);
  });
});

describe("a twin's motion switcher", () => {
  it("tells, selects and releases the built-in controller, and refuses what it does not know", () => {
    const twin = twinOf(h1, { motionService: "ai" });
    const ask = (apiId: number, parameter = "{}") => answer({ apiId, parameter }, twin);
    expect(ask(MOTION_API.checkMode)).toEqual({ code: 0, data: '{"form":"0","name":"ai"}' });
    expect(ask(MOTION_API.releaseMode).code).toBe(0);
    expect(twin.motionService).toBe("");
    expect(ask(MOTION_API.selectMode, '{"name":"normal"}').code).toBe(0);
    expect(twin.motionService).toBe("normal");
    for (const nonsense of ["", "{", '{"name":"somersault"}', "null", "7"])
      expect(ask(MOTION_API.selectMode, nonsense).code).toBe(SERVICE_ERROR.badParameter);
    expect(ask(4711).code).toBe(SERVICE_ERROR.unknownApi);
  });
});
