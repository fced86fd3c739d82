import { McapWriter } from "@mcap/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { createJointTargets } from "../../../src/sim/control-state.ts";
import { Engine, modelFromText } from "../../../src/sim/engine/index.ts";
import { Plant } from "../../../src/sim/plant/plant.ts";
import { PlantConfig } from "../../../src/sim/plant/plant-config.ts";
import { CorruptRecordingError, RecordingMismatchError } from "../../../src/sim/recording/errors.ts";
import { compressLz4, decompressLz4 } from "../../../src/sim/recording/lz4-frame.ts";
import { openRecording } from "../../../src/sim/recording/recording.ts";
import { MemorySink } from "../../../src/sim/recording/recording-sink.ts";
import { ReplayWorld, replay } from "../../../src/sim/recording/replay.ts";
import { SessionRecorder } from "../../../src/sim/recording/session-recorder.ts";
import type { RobotSpec } from "../../../src/sim/robots/robot.ts";
import { compileWorld, type World } from "../../../src/sim/world.ts";

const engine = await Engine.load();

const joint = (name: string) =>
  ({
    name,
    group: "lower",
    range: [-1, 1],
    torqueLimit: 5,
    velocityLimit: 10,
    kp: 20,
    kd: 1,
    default: 0,
    mirrorSign: 1,
    motorSlot: 0,
  }) as const;
const biped: RobotSpec = {
  name: "biped",
  title: "Two legs",
  model: "biped.xml",
  joints: [joint("left"), joint("right")],
  baseBody: "base",
  standingHeight: 0.5,
  footBodies: ["left_leg", "right_leg"],
  kneeBodies: ["left_leg", "right_leg"],
};
const leg = (side: string, y: number) =>
  `<body name="${side}_leg" pos="0 ${y} 0"><joint name="${side}" axis="0 1 0"/>
   <geom type="capsule" size=".05" fromto="0 0 0 0 0 -.45"/></body>`;
const world: World = {
  robot: biped,
  robotModel: modelFromText(
    `<mujoco><worldbody><body name="base" pos="0 0 .5"><freejoint/><geom size=".1"/>${leg("left", 0.2)}${leg("right", -0.2)}
     </body></worldbody><actuator><motor joint="left"/><motor joint="right"/></actuator></mujoco>`,
  ),
  sceneName: "floor",
  scene: modelFromText(
    `<mujoco><worldbody><geom type="plane" size="5 5 .1"/></worldbody></mujoco>`,
    "floor.xml",
  ),
};

async function record(steps: number): Promise<Uint8Array> {
  const config = PlantConfig.parse({});
  using model = compileWorld(engine, world, config).model;
  using plant = new Plant(engine.simulate(model), biped, config);
  const sink = new MemorySink();
  const recorder = new SessionRecorder(sink, { world, seed: 0, software: "0.0.0" });
  await recorder.start(plant);
  const targets = createJointTargets(biped);
  const rng = new Rng(1);
  for (let step = 0; step < steps; step++) {
    targets.q.fill(rng.uniform(-0.3, 0.3));
    plant.step(targets);
  }
  await recorder.end();
  return sink.bytes();
}

const sound = await record(60);

/** Whether the recording is refused with a typed error, or else replays without a difference. */
function refusedOrVerified(bytes: Uint8Array): boolean {
  try {
    const recording = openRecording(bytes);
    using replayWorld = new ReplayWorld(engine, recording);
    return replay(recording, replayWorld.plant).verified;
  } catch (error) {
    return error instanceof CorruptRecordingError || error instanceof RecordingMismatchError;
  }
}

/** An MCAP file of somebody else's making. */
async function otherFile(metadata: Record<string, string>, name: string): Promise<Uint8Array> {
  const sink = new MemorySink();
  let position = 0n;
  const writer = new McapWriter({
    writable: {
      position: () => position,
      write: async (bytes) => {
        await sink.write(bytes);
        position += BigInt(bytes.length);
      },
    },
  });
  await writer.start();
  await writer.addMetadata({ name, metadata: new Map(Object.entries(metadata)) });
  await writer.end();
  return sink.bytes();
}

describe("a damaged recording", () => {
  it("is never replayed as if it were sound, whichever bit flips", () => {
    expect(refusedOrVerified(sound)).toBe(true);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 * sound.length - 1 }), (bit) => {
        const flipped = sound.slice();
        flipped[bit >> 3] ^= 1 << (bit & 7);
        return refusedOrVerified(flipped);
      }),
      { seed: 20, numRuns: 300 },
    );
  });

  it("is refused wherever it is cut off", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: sound.length - 1 }), (length) => {
        expect(() => openRecording(sound.slice(0, length))).toThrow(CorruptRecordingError);
      }),
      { seed: 21, numRuns: 100 },
    );
    expect(() => openRecording(sound.slice(0, 5000))).toThrow("The recording ends early, after 5000 bytes.");
  });

  it.each<[string, () => Uint8Array | Promise<Uint8Array>, RegExp]>([
    [
      "bytes that are no MCAP file",
      () => new TextEncoder().encode("<mujoco></mujoco>"),
      /is damaged: Expected MCAP magic/,
    ],
    [
      "another program's MCAP file",
      () => otherFile({ robot: "spot" }, "session"),
      /MCAP file of another program/,
    ],
    [
      "another format",
      () => otherFile({ format: "99" }, "contrapposto.session"),
      /made with recording format 99, but here is 1/,
    ],
    [
      "a header that lacks fields",
      () => otherFile({ format: "1" }, "contrapposto.session"),
      /session header that is not valid: software/,
    ],
    [
      "a header that is no JSON",
      () => otherFile({ format: "1", seed: "{" }, "contrapposto.session"),
      /session header that is no JSON/,
    ],
  ])("says what is wrong with %s", async (_, bytes, message) => {
    const file = await bytes();
    expect(() => openRecording(file)).toThrow(message);
  });
});

describe("LZ4", () => {
  const compressible = fc
    .array(fc.tuple(fc.constantFrom("abcdefgh", "0.125,", "x"), fc.nat({ max: 60 })), { maxLength: 60 })
    .map((runs) => new TextEncoder().encode(runs.map(([text, times]) => text.repeat(times)).join("")));

  it("gives back what it was given", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), compressible), (bytes) => {
        expect(decompressLz4(compressLz4(bytes), bytes.length)).toEqual(bytes);
      }),
      { seed: 22 },
    );
  });

  it("takes frames of more than one block, and makes text small", () => {
    const text = new TextEncoder().encode(`{"x":0.1,"y":0.2},`.repeat(300_000));
    const frame = compressLz4(text);
    expect(frame.length).toBeLessThan(text.length / 100);
    expect(Buffer.compare(decompressLz4(frame, text.length), text)).toBe(0);
  });

  it("writes the block that the reference implementation writes, and reads its frames", () => {
    // lz4 1.9.4 through Python: lz4.frame.compress(b"contrapposto" * 3, block_linked=False, store_size=False)
    const header = "04224d18604082";
    const blocks = "16000000cf636f6e74726170706f73746f0c000050706f73746f00000000";
    const text = new TextEncoder().encode("contrapposto".repeat(3));
    // Ours allows larger blocks: 04224d18607073 is what the reference begins a file with at block size 7.
    expect(Buffer.from(compressLz4(text)).toString("hex")).toBe(`04224d18607073${blocks}`);
    expect(decompressLz4(Buffer.from(header + blocks, "hex"), text.length)).toEqual(text);
  });

  it("refuses damaged frames without reading past their ends", () => {
    const frame = compressLz4(new TextEncoder().encode("walk ".repeat(50)));
    fc.assert(
      fc.property(fc.nat({ max: 8 * frame.length - 1 }), (bit) => {
        const damaged = frame.slice();
        damaged[bit >> 3] ^= 1 << (bit & 7);
        try {
          expect(decompressLz4(damaged, 250)).toHaveLength(250);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { seed: 23, numRuns: 300 },
    );
  });
});
