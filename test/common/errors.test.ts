import { describe, expect, it } from "vitest";
import { ContrappostoError, errorMessage, UnknownNameError, UsageError } from "../../src/common/index.ts";

describe("an error", () => {
  it("says the problem first and then the remedy, and keeps both apart for programs", () => {
    const error = new UsageError("The step is negative.", "Give a positive one.");
    expect(error.message).toBe("The step is negative. Give a positive one.");
    expect(error).toMatchObject({
      name: "UsageError",
      code: "USAGE",
      problem: "The step is negative.",
      remedy: "Give a positive one.",
    });
    expect(error).toBeInstanceOf(ContrappostoError);
    expect(error).toBeInstanceOf(Error);
  });

  it("keeps its cause", () => {
    const cause = new Error("below");
    expect(new UsageError("Above.", "Look below.", { cause }).cause).toBe(cause);
  });

  it("of a subclass carries the subclass's name and code", () => {
    const error = new UnknownNameError("joint", "knee", ["left_knee", "right_knee"]);
    expect(error).toMatchObject({ name: "UnknownNameError", code: "UNKNOWN_NAME" });
    expect(error).toBeInstanceOf(UsageError);
  });
});

describe("an unknown name", () => {
  it("is answered with the nearest names first", () => {
    const { message } = new UnknownNameError("joint", "left_kne", ["torso", "right_knee", "left_knee"]);
    expect(message).toBe('There is no joint "left_kne". Use one of: left_knee, right_knee, torso.');
  });

  it("is answered with eight names at most, and how many more there are", () => {
    const names = Array.from({ length: 11 }, (_, i) => `j${i}`);
    expect(new UnknownNameError("joint", "j3", names).message).toMatch(/Use one of: j3, .*, and 3 more\.$/);
  });

  it("is answered honestly where none exist, and empty names do no harm", () => {
    expect(new UnknownNameError("key", "up", []).message).toBe('There is no key "up". None exist.');
    expect(new UnknownNameError("key", "", ["a", ""]).message).toContain("Use one of: , a.");
  });
});

describe("the message of anything thrown", () => {
  it("is an error's own message, and otherwise its text", () => {
    expect(errorMessage(new Error("it broke"))).toBe("it broke");
    expect(errorMessage("it broke")).toBe("it broke");
    expect(errorMessage(undefined)).toBe("undefined");
  });
});
