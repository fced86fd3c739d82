import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ROOT } from "../../support/run-cli.ts";
import { because, NO_ONNX, NO_SDK, PYTHON } from "../support/dds-presence.ts";
import { runPython, TwinProcess } from "../support/twin-process.ts";

const POLICY = `${ROOT}../shared/data/policies/unitree_h1_walk.onnx`;
const noWalk = NO_ONNX ?? (existsSync(POLICY) ? undefined : "there is no ../shared/data/policies");

/** Folder `example` of unitree_sdk2_python, which no package carries; docs/unitree.md says how to get it. */
const EXAMPLES = process.env.UNITREE_SDK2_EXAMPLES;
const noExamples = NO_SDK ?? (EXAMPLES === undefined ? "UNITREE_SDK2_EXAMPLES is not set" : undefined);

const local = (file: string): string => new URL(file, import.meta.url).pathname;
const seconds = (s: number) => new Promise((resolve) => setTimeout(resolve, 1000 * s));

// Robot and program run in real time: on a machine that is busy elsewhere a robot may fall for want of commands.
describe("a program on Unitree's Python SDK", { retry: 2 }, () => {
  it.skipIf(noWalk !== undefined)(
    `makes the twin H1 stand and walk under Unitree's policy, driven by the remote control${because(noWalk)}`,
    async () => {
      await using twin = await TwinProcess.start("h1", 103);
      const done = runPython(PYTHON, local("deploy_loop.py"), "103", "lo", POLICY);
      await twin.hear(/a program has the motors/);
      twin.say("press start");
      await seconds(3); // the robot moves for 2 s of its own time, which is real time
      twin.say("lift -0.02");
      await seconds(1);
      twin.say("press A");
      await seconds(0.3);
      twin.say("band off");
      await seconds(2);
      const standing = await twin.state();
      twin.say("stick ly 0.6");
      await seconds(4);
      const walked = await twin.state();
      twin.say("press select");
      expect((await done).map((row) => (row as { phase: string }).phase)).toEqual([
        "zero torque",
        "to the default pose",
        "default pose",
        "walking",
        "damped",
      ]);
      await twin.hear(/motors damp/);
      expect(standing.upright).toBeGreaterThan(0.98);
      expect(walked.upright).toBeGreaterThan(0.98);
      expect(walked.position[0] - standing.position[0]).toBeGreaterThan(0.8); // 0.48 m/s was asked for
      expect(walked.commands).toMatchObject({ badCrc: 0, refused: 0 });
    },
  );

  it.skipIf(NO_SDK !== undefined)(
    `takes the motors from the built-in controller by Unitree's own client${because(NO_SDK)}`,
    async () => {
      await using twin = await TwinProcess.start("h1_2_27dof", 104, "--motion-service", "ai");
      await twin.hear(/built-in controller/);
      const rows = await runPython(PYTHON, local("release_mode.py"), "104", "lo");
      expect(rows).toEqual([
        { code: 0, name: "ai" },
        { code: 0, name: "" },
        { code: 0, name: "normal" },
        { code: 7004, name: "normal" },
        { code: 0, name: "" },
      ]);
      await twin.hear(/motors are limp/);
    },
  );

  it.skipIf(noExamples !== undefined).each([
    ["h1", "h1/low_level/h1_low_level_example.py"],
    ["h1_2_27dof", "h1_2/low_level/h1_2_low_level_example.py"],
  ])(`stands the %s up: Unitree's own example, unmodified${because(noExamples)}`, async (robot, example) => {
    // The examples take an interface and always join domain 0.
    await using twin = await TwinProcess.start(robot, 0, "--motion-service", "ai");
    const ended = runPython(PYTHON, local("run_for.py"), "9", `${EXAMPLES}/${example}`, "lo");
    await twin.hear(/a program has the motors/);
    await seconds(4);
    const { commands, upright, motors } = await twin.state();
    expect(motors).toBe("commands");
    expect(upright).toBeGreaterThan(0.98);
    expect(commands.accepted).toBeGreaterThan(300);
    expect(commands).toMatchObject({ badCrc: 0, refused: 0 });
    await ended;
  });
});
