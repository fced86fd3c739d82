import { describe, expect, it } from "vitest";
import { TrainingStateError } from "../../../src/learn/optim/index.ts";
import { Regression } from "../support/regression.ts";

describe("a training session", () => {
  it("fits a function of two variables", async () => {
    using regression = await Regression.create(1);
    const before = await regression.step(0);
    for (let i = 0; i < 1500; i++) await regression.step(i < 1000 ? 3e-3 : 3e-4);
    expect(before).toBeGreaterThan(0.1);
    expect(await regression.step(0)).toBeLessThan(1e-3);
  });

  it("goes on exactly where another one stopped, given its state", async () => {
    using first = await Regression.create(2);
    using second = await Regression.create(3);
    for (let i = 0; i < 7; i++) await first.step(1e-2);
    for (const name of first.session.stateNames) second.session.state(name).set(first.session.state(name));
    second.rng.state = first.rng.state;
    for (let i = 0; i < 5; i++) expect(await second.step(1e-2)).toBe(await first.step(1e-2));
    expect(second.session.state("parameters")).toEqual(first.session.state("parameters"));
  });

  it("does not move without a learning rate", async () => {
    using regression = await Regression.create(4);
    const before = regression.session.state("parameters").slice();
    for (let i = 0; i < 3; i++) await regression.step(0);
    expect(regression.session.state("parameters")).toEqual(before);
    expect(regression.session.state("adam.step")[0]).toBe(3);
  });

  it("does not grow in memory over thousands of steps", async () => {
    using regression = await Regression.create(5);
    // The heap has found its size after about 6,000 steps; what waits to be collected comes and goes by 25 MB.
    for (let i = 0; i < 6000; i++) await regression.step(1e-3);
    const before = process.memoryUsage();
    for (let i = 0; i < 12_000; i++) await regression.step(1e-3);
    const after = process.memoryUsage();
    // A leak of one 1,249-parameter vector a step would be 60 MB.
    expect(after.rss - before.rss).toBeLessThan(30e6);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(30e6);
  }, 20_000);

  it("names what it has when asked for something else", async () => {
    using regression = await Regression.create(6);
    expect(() => regression.session.state("weights")).toThrow(TrainingStateError);
    expect(() => regression.session.state("weights")).toThrow("adam.firstMoment");
  });
});
