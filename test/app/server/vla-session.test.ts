import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadManipulation } from "../../../src/app/manipulation.ts";
import { chooseEpisode } from "../../../src/app/play-vla.ts";
import { LiveServer } from "../../../src/app/server/live-server.ts";
import { worldsRoute } from "../../../src/app/server/routes.ts";
import { SessionHost } from "../../../src/app/server/session/session-host.ts";
import { type DecisionMessage, RefusedError, type Sample, WireClient } from "../../../src/wire/index.ts";
import { benchVla } from "../../support/bench-vla.ts";
import { until as becomes, SOCKET } from "../../wire/fixture-hub.ts";

const SECONDS = 60_000;
/** A second simulation starts on a thread of its own, which takes seconds on a busy machine. */
const until = (condition: () => boolean, what = "condition") => becomes(condition, what, 30_000);

/** A session whose VLA knows nothing, at four times real time; one client watches all and has control. */
class Fixture implements AsyncDisposable {
  readonly host: SessionHost;
  readonly server: LiveServer;
  readonly client: WireClient;
  readonly decisions: DecisionMessage[] = [];
  readonly samples: Record<"pictures" | "futures", Sample[]> = { pictures: [], futures: [] };
  /** Where the world has been: the `qpos` of every control step, as text. */
  readonly visited = new Set<string>();

  private constructor(host: SessionHost, server: LiveServer) {
    this.host = host;
    this.server = server;
    this.client = this.newClient("pilot");
  }

  static async open(): Promise<Fixture> {
    const { model, taco } = await benchVla();
    const { task, request, instruction } = chooseEpisode({ task: "press-button", seed: 3 }, "press-button");
    const environment = await loadManipulation(task, "fixed");
    const startNs = process.hrtime.bigint();
    const host = new SessionHost({
      vla: { model, scorers: { taco }, selector: "taco", candidates: 4, instruction, request, environment },
      ...{ isSaid: false, goesOn: false, startNs },
    });
    await host.opened;
    const routes = [worldsRoute(host.worlds)];
    const hub = { limits: { leaseMs: SECONDS } }; // on a busy machine a second is soon over
    const server = await LiveServer.start(host, { host: "127.0.0.1", port: 0, startNs, routes, hub });
    host.attach(server.hub);
    const fixture = new Fixture(host, server);
    await fixture.client.connect();
    fixture.client.on("decision", (decision) => fixture.decisions.push(decision));
    for (const stream of ["pictures", "futures"] as const)
      fixture.client.subscribe(stream, (sample) => fixture.samples[stream].push(sample));
    fixture.client.subscribe("state", (sample) => fixture.visited.add(sample.field("qpos").join()));
    await fixture.client.request({ op: "acquire" });
    await fixture.client.request({ op: "speed", factor: 4 });
    return fixture;
  }

  newClient(name: string): WireClient {
    return new WireClient({
      url: this.server.socketUrl,
      socket: SOCKET,
      name,
      nowMs: () => performance.now(),
    });
  }

  get vla() {
    const vla = this.client.last("vla");
    if (vla === undefined) throw new Error("nothing is told of the VLA");
    return vla;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    await this.server[Symbol.asyncDispose]();
    await this.host[Symbol.asyncDispose]();
  }
}

describe("a VLA's session", () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await Fixture.open();
  }, SECONDS);
  afterAll(async () => {
    await fixture?.[Symbol.asyncDispose]();
  });

  it("begins when somebody watches, and tells what it saw, drew, counted and chose", async () => {
    const { decisions, samples, client } = fixture;
    await until(() => decisions.length > 2 && samples.futures.length > 1);
    const [{ scores, judge, chosen, selector }] = decisions;
    expect([judge, selector, scores.length]).toEqual(["taco", "taco", 4]);
    expect(chosen).toBe(scores.indexOf(Math.min(...scores)));
    const [picture] = samples.pictures;
    expect(picture.field("head").length).toBe(256);
    expect(new Set(picture.field("head")).size).toBeGreaterThan(5);
    expect(client.last("layout")?.colours.length).toBeGreaterThan(2);
  });

  it("foresees exactly where the chosen candidate leads", async () => {
    const { decisions, samples, visited } = fixture;
    const matched = () =>
      samples.futures.flatMap((sample) => {
        const decision = decisions.find(({ number }) => number === sample.field("decision")[0]);
        const rows = Array.from({ length: sample.rows }, (_, row) => row).filter(
          (row) => sample.field("candidate", row)[0] === decision?.chosen,
        );
        const end = sample.field("qpos", rows[rows.length - 1] ?? 0);
        return visited.has(end.join()) ? [decision?.number] : [];
      });
    await until(() => matched().length > 1, "a future that came true");
  });

  it("lets only whoever has control instruct it, and says why it cannot do what does not fit", async () => {
    const other = fixture.newClient("other");
    await other.connect();
    await expect(other.request({ op: "instruct", seed: 1 })).rejects.toThrow(/control/);
    other.close();
    const ask = (wish: object) => fixture.client.request({ op: "instruct", ...wish });
    await expect(ask({ instruction: "zyx wvu" })).rejects.toThrow(/No task fits/);
    await expect(ask({ selectors: ["ensemble"] })).rejects.toThrow(/no selector "ensemble"/);
    await expect(fixture.client.request({ op: "load", scene: "flat" })).rejects.toThrow(RefusedError);
  });

  it("does one scene under two selectors from equal states with equal noise, and keeps the tally", {
    timeout: SECONDS,
  }, async () => {
    const { client, decisions } = fixture;
    decisions.length = 0;
    await client.request({
      op: "instruct",
      instruction: "press the red button",
      selectors: ["taco", "single"],
    });
    expect(fixture.vla.asked).toMatchObject({ task: "press-button", isSaid: true, candidates: 4 });
    await until(() => fixture.vla.outcomes.length === 2, "two outcomes");
    const [on, off] = ["taco", "single"].map((name) => decisions.find(({ selector }) => selector === name));
    expect(off?.scores).toEqual(on?.scores);
    expect(off?.chosen).toBe(0);
    const { tally, pairs, outcomes } = fixture.vla;
    expect(outcomes.map(({ selector }) => selector)).toEqual(["taco", "single"]);
    expect(tally).toContainEqual(expect.objectContaining({ selector: "single", trials: 1 }));
    const { both, onlyFirst, onlySecond, neither } = pairs[0];
    expect(both + onlyFirst + onlySecond + neither).toBe(1);
  });

  it("goes on with the next scenes while somebody has control", async () => {
    const { client } = fixture;
    await client.request({ op: "instruct", seed: 20, selectors: ["single"], goesOn: true });
    await until(() => fixture.vla.asked.seed === 21 && fixture.vla.state === "acting", "the next scene");
    expect(fixture.vla.tally.find(({ selector }) => selector === "single")?.trials).toBeGreaterThan(0);
    await client.request({ op: "release" });
    await until(() => !fixture.vla.asked.goesOn);
    await client.request({ op: "acquire" });
  });

  it("stops for anybody, counts nothing of it, and begins again when it is told to", async () => {
    const { client } = fixture;
    await client.request({ op: "instruct", seed: 9, selectors: ["single"] });
    await until(() => fixture.vla.state === "acting");
    const { tally } = fixture.vla;
    const other = fixture.newClient("bystander");
    await other.connect();
    await other.request({ op: "estop", reason: "looks wrong" });
    other.close();
    await until(() => fixture.vla.state === "stopped");
    await expect(client.request({ op: "instruct", seed: 9 })).rejects.toThrow(/stop/i);
    await client.request({ op: "clearStop" });
    expect(fixture.vla.tally).toEqual(tally);
    await client.request({ op: "instruct", seed: 9 });
    await until(() => fixture.vla.state === "acting");
  });

  it("changes the scene for another task", async () => {
    const { client } = fixture;
    const before = client.last("world")?.worldId;
    await client.request({ op: "instruct", task: "reach-around", selectors: ["single"] });
    await until(() => client.last("world")?.worldId !== before);
    expect(client.last("world")).toMatchObject({ kind: "vla", sceneName: "reach-around" });
    expect(fixture.vla.asked.task).toBe("reach-around");
    await until(() => fixture.vla.state === "acting");
  });
});
