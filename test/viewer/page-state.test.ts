import { describe, expect, it } from "vitest";
import { convexHull } from "../../src/viewer/overlays/convex-hull.ts";
import { supportPoints } from "../../src/viewer/overlays/support-points.ts";
import { readAddress, withView, writeAddress } from "../../src/viewer/page/address.ts";
import { defaultSettings, loadSettings, saveSettings } from "../../src/viewer/page/settings.ts";
import { SignalLog } from "../../src/viewer/page/signal-log.ts";
import { PoseBlend } from "../../src/viewer/scene/pose-blend.ts";

describe("the page's address", () => {
  it("carries robot, scene, policies, seed and camera there and back", () => {
    const world = { robot: "h1", scene: "rough:3", seed: 7, policies: ["a", "b"] };
    const view = { eye: [1, 2, 3], target: [0, 0, 1] } as const;
    const url = writeAddress(new URL("http://x/y/?policy=old#replay=abc"), world, view);
    expect(readAddress(url)).toMatchObject({ world, view, journal: undefined });
  });

  it("carries companions as they are written", () => {
    const companions = ["h1_2@1,-0.5", "h1@0,2,90"];
    const world = { robot: "h1", scene: "flat", seed: 0, policies: ["a"], companions };
    const view = { eye: [1, 2, 3], target: [0, 0, 1] } as const;
    const url = writeAddress(new URL("http://x/?companion=h1_2@9,9"), world, view);
    expect(url.search).toContain("companion=h1_2@1,-0.5&companion=h1@0,2,90");
    expect(readAddress(url)).toMatchObject({ world });
  });

  it("shows the server's world where a server served the page, unless asked not to", () => {
    expect(readAddress(new URL("http://h:8080/"), true).live).toBe("ws://h:8080/ws");
    expect(readAddress(new URL("https://h/?local"), true).live).toBeUndefined();
    expect(readAddress(new URL("https://h/")).live).toBeUndefined();
    expect(readAddress(new URL("https://h/a/?live"), false).live).toBe("wss://h/a/ws");
  });

  it("tells nothing said about policies from a robot that balances", () => {
    expect(readAddress(new URL("http://x/")).wantsShipped).toBe(true);
    const world = { robot: "h1", scene: "flat", seed: 0, policies: [] };
    const url = writeAddress(new URL("http://x/"), world, { eye: [1, 2, 3], target: [0, 0, 1] });
    expect(url.searchParams.get("policy")).toBe("balance");
    expect(readAddress(url)).toMatchObject({ world, wantsShipped: false });
  });

  it("carries the camera of a page that a server shows, and leaves the rest as it is", () => {
    const view = { eye: [1, 2, 3], target: [0, 0, 1] } as const;
    const url = withView(new URL("http://h:8080/?live&token=ab#x"), view);
    expect(url.href).toBe("http://h:8080/?live&token=ab&eye=1.00,2.00,3.00,0.00,0.00,1.00#x");
    expect(readAddress(url, true)).toMatchObject({ view, live: "ws://h:8080/ws", token: "ab" });
  });

  it("takes defaults for nonsense", () => {
    expect(readAddress(new URL("http://x/?seed=-1&eye=1,2"))).toMatchObject({
      world: { robot: "h1_2", scene: "flat", seed: 0, policies: [] },
      view: undefined,
    });
  });
});

describe("settings", () => {
  it("are remembered, and broken ones forgotten", () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    const defaults = defaultSettings(false, false);
    saveSettings(storage, { ...defaults, theme: "dark" });
    expect(loadSettings(storage, defaults).theme).toBe("dark");
    for (const key of kept.keys()) kept.set(key, "{nonsense");
    expect(loadSettings(storage, defaults)).toEqual(defaults);
  });
});

describe("the signal log", () => {
  it("keeps the newest minute, by name and place", () => {
    const log = new SignalLog();
    log.declare([
      { name: "time", size: 1, unit: "s" },
      { name: "q", size: 2, unit: "rad", labels: ["hip", "knee"] },
    ]);
    for (let i = 0; i < 4000; i++) log.push(Float32Array.of(i, 2 * i, 3 * i));
    expect(log.count).toBe(3000);
    expect(log.series("q", 1, 2)).toEqual([3 * 3998, 3 * 3999]);
    expect([...log.newest("q")]).toEqual([2 * 3999, 3 * 3999]);
    expect(log.series("q", 2)).toBeUndefined();
    expect(log.toCsv().split("\n", 1)[0]).toBe("time,q.hip,q.knee");
  });

  it("leaves out samples of a layout that is gone", () => {
    const log = new SignalLog();
    log.declare([{ name: "time", size: 2, unit: "s" }]);
    log.push(new Float32Array(3));
    expect(log.count).toBe(0);
  });
});

describe("the blend of poses", () => {
  const pose = (x: number, w = 1) => Float32Array.of(x, 0, 0, w, 0, 0, 0);

  it("goes smoothly from frame to frame and stays at the last", () => {
    const blend = new PoseBlend();
    blend.push(pose(0), 10, false);
    blend.push(pose(1, -1), 10.02, false);
    expect(blend.at(10.03)[0]).toBeCloseTo(0.5, 5);
    expect(blend.at(11)[0]).toBeCloseTo(1, 5);
    expect(Math.abs(blend.at(11)[3])).toBeCloseTo(1, 6);
  });

  it("jumps where the world does", () => {
    const blend = new PoseBlend();
    blend.push(pose(0), 10, false);
    blend.push(pose(5), 10.02, true);
    expect(blend.at(10.02)[0]).toBe(5);
  });
});

describe("the support polygon", () => {
  it("is made of what holds the robot up, not of what others stand on", () => {
    const scene = {
      bodies: [{ root: 0 }, { root: 1 }, { root: 1 }, { root: 3 }],
      geoms: [{ body: 0 }, { body: 1 }, { body: 2 }, { body: 3 }],
    } as unknown as Parameters<typeof supportPoints>[1];
    const row = (a: number, b: number, x: number) => [a, b, x, 0, 0, 0, 0, 9];
    const rows = Float32Array.from([...row(0, 1, 1), ...row(0, 3, 2), ...row(1, 2, 3), ...row(2, 3, 4)]);
    expect(supportPoints(rows, scene, 1)).toEqual([
      [1, 0, 0],
      [4, 0, 0],
    ]);
  });

  it("is the convex hull, counter-clockwise", () => {
    const hull = convexHull([
      [0, 0],
      [1, 1],
      [0.5, 0.5],
      [1, 0],
      [0, 1],
      [0.5, 0],
    ]);
    expect(hull).toEqual([
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ]);
  });
});
