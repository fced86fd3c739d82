import { describe, expect, it } from "vitest";
import {
  beginStage,
  currentStage,
  planPipeline,
  recordSession,
  startPipeline,
} from "../../../src/policies/almi/pipeline.ts";

describe("ALMI's schedule", () => {
  it("trains the halves in turn, each against the last of the other and from the last of its own", () => {
    expect(planPipeline(3, "last")).toEqual([
      { name: "lower-1", half: "lower", opponents: [], init: undefined },
      { name: "upper-1", half: "upper", opponents: ["lower-1"], init: undefined },
      { name: "lower-2", half: "lower", opponents: ["upper-1"], init: "lower-1" },
      { name: "upper-2", half: "upper", opponents: ["lower-2"], init: "upper-1" },
      { name: "lower-3", half: "lower", opponents: ["upper-2"], init: "lower-2" },
    ]);
  });

  it("can pit each stage against all earlier opponents", () => {
    expect(planPipeline(3, "all").map(({ opponents }) => opponents)).toEqual([
      [],
      ["lower-1"],
      ["upper-1"],
      ["lower-1", "lower-2"],
      ["upper-1", "upper-2"],
    ]);
  });

  it("is one stage where there is one round", () => {
    expect(planPipeline(1, "last").map(({ name }) => name)).toEqual(["lower-1"]);
  });
});

describe("the state of a pipeline", () => {
  const start = startPipeline(planPipeline(2, "last"));

  it("goes from stage to stage as they end, and adds up the time of sessions", () => {
    expect(currentStage(start)?.name).toBe("lower-1");
    const running = beginStage(start, "lower-1");
    expect(running[0].status).toBe("running");
    const session = { iterations: 5, steps: 500, minutes: 2 };
    const stopped = recordSession(running, "lower-1", { ...session, end: "interrupted" });
    expect(stopped[0]).toEqual({ name: "lower-1", status: "running", ...session });
    expect(currentStage(stopped)?.name).toBe("lower-1");
    const done = recordSession(stopped, "lower-1", {
      iterations: 9,
      steps: 900,
      minutes: 1,
      end: "converged",
    });
    expect(done[0]).toEqual({
      name: "lower-1",
      status: "done",
      end: "converged",
      iterations: 9,
      steps: 900,
      minutes: 3,
    });
    expect(currentStage(done)?.name).toBe("upper-1");
    expect(done.slice(1)).toEqual(start.slice(1));
  });

  it("is complete when every stage is done", () => {
    const session = { iterations: 1, steps: 1, minutes: 1, end: "steps" } as const;
    const all = start.reduce((state, { name }) => recordSession(state, name, session), start);
    expect(currentStage(all)).toBeUndefined();
  });
});
