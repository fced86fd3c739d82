import { defineConfig } from "vitest/config";

/** Robots and links that run in real time: beside tests that compute they would miss their deadlines. They mostly wait. */
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
  "test/wire/silence.test.ts",
];

/** Pages in a browser, which takes a processor for itself. */
const PAGES = [
  "test/viewer/companions-page.test.ts",
  "test/viewer/live-page.test.ts",
  "test/viewer/page.test.ts",
  "test/viewer/robot-page.test.ts",
  "test/viewer/vla-page.test.ts",
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
          exclude: [...REAL_TIME, ...PAGES],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: "in real time", include: REAL_TIME, maxWorkers: 2, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: { name: "in a browser", include: PAGES, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
