import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordTo } from "../../../src/app/recorders.ts";
import { loadWorld } from "../../../src/app/worlds.ts";
import { compileWorld, createJointTargets, Engine, Plant, PlantConfig } from "../../../src/sim/index.ts";
import { contrapposto } from "../../support/run-cli.ts";

const folder = mkdtempSync(join(tmpdir(), "contrapposto-replay-"));
const file = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

/** Records a robot that stands and is shoved after one second. */
async function record(
  name: string,
  meddle: (plant: Plant, step: number) => void = () => {},
): Promise<string> {
  const world = loadWorld({ robot: "h1_2", scene: "flat", seed: 4 });
  const config = PlantConfig.parse({});
  const engine = await Engine.load();
  const compiled = compileWorld(engine, world, config);
  using plant = new Plant(engine.simulate(compiled.model), world.robot, config);
  await using recording = await recordTo(file(name), compiled, 4, "standing");
  await recording.recorder.start(plant);
  const targets = createJointTargets(world.robot);
  for (let step = 0; step < 75; step++) {
    plant.step(targets);
    if (step === 50) plant.kick([0.5, 0, 0]);
    meddle(plant, step);
  }
  return plant.stateHash();
}

describe.concurrent("contrapposto replay", () => {
  let hash: string;
  beforeAll(async () => {
    hash = await record("stand.mcap");
  });

  it("repeats a recording and says so, for people and for programs", async () => {
    const [people, program] = await Promise.all([
      contrapposto("replay", file("stand.mcap")),
      contrapposto("replay", file("stand.mcap"), "--json"),
    ]);
    expect(people.status).toBe(0);
    // A slow machine takes so long that progress is told.
    expect(people.stderr.replace(/^replaying.*\n/gm, "")).toBe("");
    expect(people.stdout).toBe(
      `h1_2 in flat, seed 4, under standing\n75 steps (1.50 s) replayed, verified: 2 state hashes equal\nstate hash ${hash}\n`,
    );
    expect(JSON.parse(program.stdout)).toMatchObject({
      robot: "h1_2",
      scene: "flat",
      steps: 75,
      seconds: 1.5,
      checks: 2,
      verified: true,
      stateHash: hash,
    });
    expect(program.status).toBe(0);
  });

  it("draws a film strip of it, whose pictures differ where the robot moved", async () => {
    const film = [
      "--film",
      file("film.png"),
      "--film-from",
      "0.2",
      "--film-every",
      "1.2",
      "--film-pictures",
      "2",
    ];
    const { status, stdout } = await contrapposto("replay", file("stand.mcap"), ...film, "--json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ verified: true, film: file("film.png") });
    const { width, height, data } = decode(readFileSync(file("film.png")));
    const picture = (i: number) =>
      Array.from({ length: height }, (_, y) =>
        data.slice(3 * (y * width + (i * width) / 2), 3 * (y * width + ((i + 1) * width) / 2)).join(),
      );
    expect([width, height]).toEqual([480, 400]);
    const [before, after] = [picture(0), picture(1)];
    expect(before.filter((row, y) => row !== after[y]).length).toBeGreaterThan(50);
  });

  it("says where a film shows nothing", async () => {
    const late = ["--film", file("late.png"), "--film-from", "9"];
    const { status, stderr } = await contrapposto("replay", file("stand.mcap"), ...late);
    expect(status).toBe(2);
    expect(stderr).toMatch(/The film has no picture/);
  });

  it("ends with status 1 and the first second that differs", async () => {
    // Somebody hangs a kilogram on the pelvis while it runs: no input of the plant, so no recording knows.
    await record("meddled.mcap", (plant, step) => {
      if (step === 30) plant.simulation.model.views.body_mass[plant.index.base] += 1;
    });
    const { status, stdout, stderr } = await contrapposto("replay", file("meddled.mcap"), "--json");
    expect(status).toBe(1);
    expect(stderr).toMatch(/left the recording by 1\.00 s \(control step 50\)/);
    expect(JSON.parse(stdout)).toMatchObject({ verified: false, error: { code: "REPLAY_DIFFERS" } });
  });

  it("refuses a damaged file in one line", async () => {
    const bytes = readFileSync(file("stand.mcap"));
    bytes[bytes.length >> 1] ^= 4;
    writeFileSync(file("damaged.mcap"), bytes);
    const { status, stdout, stderr } = await contrapposto("replay", file("damaged.mcap"));
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^error: The recording is damaged: .*\n$/);
  });

  it("leaves one file of a session, and none of a session that never began", async () => {
    const world = loadWorld({ robot: "h1_2", scene: "flat", seed: 0 });
    using model = compileWorld(await Engine.load(), world, PlantConfig.parse({})).model;
    {
      await using _ = await recordTo(file("never.mcap"), { world, model, terrain: undefined }, 0, "nobody");
    }
    const filesOf = (name: string) => readdirSync(folder).filter((entry) => entry.includes(name));
    expect([filesOf("never"), filesOf("stand")]).toEqual([[], ["stand.mcap"]]);
  });
});
