import { defineConfig } from "vitest/config";

/** Robots, links and pages that run in real time: beside other tests they would miss their deadlines. */
const REAL_TIME = [
  "test/app/server/link-session.test.ts",
  "test/app/server/session.test.ts",
  "test/teleop/bridge-beside-robot.test.ts",
  "test/teleop/dds/dds-link.test.ts",
  "test/teleop/end-to-end.test.ts",
  "test/teleop/faults.test.ts",
  "test/teleop/links/web-socket-link.test.ts",
  "test/teleop/stranger.test.ts",
  "test/teleop/tls.test.ts",
  "test/teleop/twin/gamepad.test.ts",
  "test/teleop/twin/unitree-programs.test.ts",
  "test/viewer/companions-page.test.ts",
  "test/viewer/live-page.test.ts",
  "test/viewer/page.test.ts",
  "test/viewer/robot-page.test.ts",
  "test/viewer/vla-page.test.ts",
  "test/wire/silence.test.ts",
];

export default defineConfig({
  test: {
    environment: "node",
    globalSetup: "test/support/compile.ts",
    // A process per test file gives every engine a heap of its own, and native addons a clean exit.
    pool: "forks",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    projects: [
      {
        extends: true,
        test: {
          name: "at leisure",
          include: ["test/**/*.test.ts"],
          exclude: REAL_TIME,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: "in real time", include: REAL_TIME, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
