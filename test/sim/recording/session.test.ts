import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { createJointTargets } from "../../../src/sim/control-state.ts";
import { DivergedError, Engine } from "../../../src/sim/engine/index.ts";
import { readModel } from "../../../src/sim/model-files/read-model.ts";
import { Plant } from "../../../src/sim/plant/plant.ts";
import { PlantConfig } from "../../../src/sim/plant/plant-config.ts";
import { PlantDump } from "../../../src/sim/plant/plant-snapshot.ts";
import { openRecording, type Recording } from "../../../src/sim/recording/recording.ts";
import { MemorySink } from "../../../src/sim/recording/recording-sink.ts";
import { ReplayWorld, replay, replayDump } from "../../../src/sim/recording/replay.ts";
import { SessionRecorder } from "../../../src/sim/recording/session-recorder.ts";
import { robotByName } from "../../../src/sim/robots/registry.ts";
import { compileWorld, startOn, type World } from "../../../src/sim/world.ts";
import { ROOT } from "../../support/run-cli.ts";

const engine = await Engine.load();
const robot = robotByName("h1_2");
const robotModel = readModel(`${ROOT}assets/${robot.model}`);
const flat: World = { robot, robotModel, sceneName: "flat", scene: readModel(`${ROOT}scenes/flat.xml`) };
const rough: World = {
  robot,
  robotModel,
  sceneName: "rough:6",
  scene: { kind: "rough", level: 6, seed: 5 },
};
const randomized = {
  randomization: {
    footFriction: [0.4, 1.2],
    baseMassAdded: [-2, 4],
    linkMassScale: [0.9, 1.1],
    comOffset: [0.03, 0.03, 0.03],
    kpScale: [0.9, 1.1],
    kdScale: [0.9, 1.1],
    torqueScale: [0.9, 1.1],
    jointFriction: [0, 1],
    handPayload: [0, 1],
    actionDelay: [0, 0.05],
  },
  sensors: { jointPosNoise: 0.01, jointVelNoise: 0.5, gyroNoise: 0.1, gyroBias: 0.05, tiltNoise: 0.02 },
};

/** Every joint swings about, the robot is pushed and pulled, and now and then it starts over. */
function session(plant: Plant, rng: Rng, steps: number, resets: boolean): void {
  const targets = createJointTargets(robot);
  for (let step = 0; step < steps; step++) {
    plant.ask([rng.uniform(-1, 1), 0, 0]);
    for (let j = 0; j < targets.q.length; j++)
      targets.q[j] += 0.1 * (robot.joints[j].default - targets.q[j]) + rng.uniform(-0.03, 0.03);
    if (step % 97 === 0) targets.kp[rng.integer(targets.kp.length)] *= 0.95;
    plant.step(targets);
    if (step % 50 === 20) plant.kick([rng.uniform(-1, 1), rng.uniform(-1, 1), 0]);
    if (step % 70 === 30) plant.applyForce("torso_link", [rng.uniform(-40, 40), 0, 0]);
    if (step % 70 === 40) plant.applyForce("torso_link", [0, 0, 0]);
    if (resets && step % 300 === 299) plant.reset(rng, { yaw: rng.uniform(-1, 1) });
  }
}

async function record(
  world: World,
  settings: object,
  act: (plant: Plant) => void,
): Promise<{ bytes: Uint8Array; hash: string }> {
  const config = PlantConfig.parse(settings);
  const { model, terrain } = compileWorld(engine, world, config);
  using plant = new Plant(engine.simulate(model), robot, config);
  plant.reset(new Rng(7), startOn(robot, terrain, 7));
  const sink = new MemorySink();
  const recorder = new SessionRecorder(sink, { world, seed: 7, software: "0.0.0", policy: "swinging" });
  await recorder.start(plant);
  act(plant);
  await recorder.end();
  return { bytes: sink.bytes(), hash: plant.stateHash() };
}

function replayed(recording: Recording) {
  using world = new ReplayWorld(engine, recording);
  return replay(recording, world.plant);
}

describe("a recording", () => {
  it.each<[string, World, object, boolean]>([
    ["on generated ground, randomised, delayed and noisy, with resets", rough, randomized, true],
    [
      "under the engine's position servo",
      flat,
      { ...randomized, actuation: "position", timestep: 0.004, decimation: 5 },
      false,
    ],
    ["of the exact robot on flat ground", flat, {}, false],
  ])("replays bit for bit %s", async (_, world, settings, resets) => {
    const { bytes, hash } = await record(world, settings, (plant) => {
      session(plant, new Rng(8), 1010, resets);
      plant.kick([0.3, 0, 0]); // after the last step
    });
    const recording = openRecording(bytes);
    expect(recording).toMatchObject({
      steps: 1010,
      header: { seed: 7, policy: "swinging", robot, sceneName: world.sceneName },
    });
    const result = replayed(recording);
    expect(result).toMatchObject({
      steps: 1010,
      checks: 21,
      verified: true,
      diverged: false,
      stateHash: hash,
    });
    expect(result.firstMismatch).toBeUndefined();
  });

  it("is the same file when the same session is recorded again", async () => {
    const again = () => record(flat, randomized, (plant) => session(plant, new Rng(8), 60, false));
    const [first, second] = [await again(), await again()];
    expect(Buffer.compare(first.bytes, second.bytes)).toBe(0);
  });

  it("begins at any moment of a session, also in the middle of it", async () => {
    const config = PlantConfig.parse(randomized);
    using plant = new Plant(engine.simulate(compileWorld(engine, flat, config).model), robot, config);
    plant.reset(new Rng(1));
    session(plant, new Rng(2), 45, false);
    const sink = new MemorySink();
    const recorder = new SessionRecorder(sink, { world: flat, seed: 1, software: "0.0.0" });
    await recorder.start(plant);
    session(plant, new Rng(3), 110, false);
    await recorder.end();
    session(plant, new Rng(4), 5, false); // no longer heard
    expect(replayed(openRecording(sink.bytes()))).toMatchObject({ steps: 110, checks: 3, verified: true });
  });

  it("notices changes that went past the plant's own methods", async () => {
    const { bytes } = await record(flat, {}, (plant) => {
      session(plant, new Rng(8), 30, false);
      plant.simulation.views.qpos[2] += 0.05;
      session(plant, new Rng(9), 30, false);
    });
    expect(replayed(openRecording(bytes)).verified).toBe(true);
  });

  it("tells the first second in which an altered input makes a difference", async () => {
    const { bytes } = await record(flat, {}, (plant) => session(plant, new Rng(8), 200, false));
    const recording = openRecording(bytes);
    const ops = recording.ops.map((op) => ({ ...op }));
    const steps = ops.filter((op) => op.op === "step");
    const altered = Buffer.from(steps[120].q ?? "", "base64");
    altered[3] ^= 0x10; // one bit of the first joint's target, 1e-9 of its value
    steps[120].q = altered.toString("base64");
    const result = replayed({ ...recording, ops });
    expect(result).toMatchObject({ verified: false, checks: 2, steps: 150 });
    expect(result.firstMismatch).toMatchObject({ step: 150, seconds: 3 });
    expect(result.firstMismatch?.recorded).not.toBe(result.firstMismatch?.replayed);
  });

  it("of a session that diverged is whole, and diverges again", async () => {
    let dump: PlantDump | undefined;
    const { bytes } = await record(flat, randomized, (plant) => {
      session(plant, new Rng(8), 75, false);
      plant.kick([0, 0, 3e4]);
      try {
        session(plant, new Rng(9), 1, false);
      } catch (error) {
        if (!(error instanceof DivergedError)) throw error;
        dump = PlantDump.parse(JSON.parse(JSON.stringify(error.dump)));
      }
    });
    if (dump === undefined) throw new Error("did not diverge");
    const recording = openRecording(bytes);
    expect(replayed(recording)).toMatchObject({ steps: 75, verified: true, diverged: true });
    using world = new ReplayWorld(engine, recording);
    expect(replayDump(dump, world.plant)).toBeInstanceOf(DivergedError);
    const spared = { ...recording, ops: recording.ops.filter((op) => op.op !== "diverged") };
    expect(replayed(spared).firstMismatch).toMatchObject({ recorded: "finite", replayed: "diverged" });
  });

  it("is refused where engine or model differ from what it was made with, and says which", async () => {
    const { bytes } = await record(flat, {}, (plant) => session(plant, new Rng(8), 3, false));
    const recording = openRecording(bytes);
    const olderEngine = { ...recording, header: { ...recording.header, engine: "3.3.8" } };
    expect(() => new ReplayWorld(engine, olderEngine)).toThrow(
      new RegExp(`made with MuJoCo 3\\.3\\.8, but here is ${engine.version.replaceAll(".", "\\.")}`),
    );
    const config = PlantConfig.parse({ timestep: 0.001 });
    using other = new Plant(engine.simulate(compileWorld(engine, flat, config).model), robot, config);
    expect(() => replay(recording, other)).toThrow(/made with a model of digest [0-9a-f]{16}, but here is/);
    try {
      replay(recording, other);
    } catch (error) {
      expect(error).toMatchObject({ code: "RECORDING_MISMATCH", part: "model" });
    }
  });

  it("allows one recorder at a time on a plant", async () => {
    await expect(
      record(flat, {}, (plant) => {
        expect(plant.tap).toBeDefined();
      }),
    ).resolves.toBeDefined();
    const config = PlantConfig.parse({});
    using plant = new Plant(engine.simulate(compileWorld(engine, flat, config).model), robot, config);
    await using first = new SessionRecorder(new MemorySink(), { world: flat, seed: 0, software: "" });
    await using second = new SessionRecorder(new MemorySink(), { world: flat, seed: 0, software: "" });
    await first.start(plant);
    await expect(second.start(plant)).rejects.toThrow(/recorded already/);
  });

  it("passes on the failure of the place that it is written to", async () => {
    const full = { write: () => Promise.reject(new Error("the disk is full")) };
    const config = PlantConfig.parse({});
    using plant = new Plant(engine.simulate(compileWorld(engine, flat, config).model), robot, config);
    const recorder = new SessionRecorder(full, { world: flat, seed: 0, software: "" });
    await expect(recorder.start(plant)).rejects.toThrow("the disk is full");
  });
});
