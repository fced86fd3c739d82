import type { Catalogue } from "../command.ts";

/** Every command, in the order of the program's help. A command's module is loaded only when it is asked for. */
export const catalogue: Catalogue = {
  entries: [
    {
      path: ["play"],
      summary: "Run a robot under a policy, or let it balance",
      load: async () => (await import("./play.ts")).play,
    },
    {
      path: ["train", "lower"],
      summary: "Train the legs to follow velocity commands",
      load: async () => (await import("./train-lower.ts")).trainLower,
    },
    {
      path: ["train", "upper"],
      summary: "Train waist and arms to follow motions on legs that walk",
      load: async () => (await import("./train-upper.ts")).trainUpper,
    },
    {
      path: ["train", "whole"],
      summary: "Train one network for the whole body, the baseline of ALMI's two",
      load: async () => (await import("./train-whole.ts")).trainWhole,
    },
    {
      path: ["train", "trim"],
      summary: "Trim trained legs: how much they make of each thing that they observe",
      load: async () => (await import("./train-trim.ts")).trainTrim,
    },
    {
      path: ["train", "almi"],
      summary: "Train both halves against each other, round by round",
      load: async () => (await import("./train-almi.ts")).trainAlmi,
    },
    {
      path: ["train", "vla"],
      summary: "Train the small vision-language-action model on demonstrations",
      load: async () => (await import("./train-vla.ts")).trainVla,
    },
    {
      path: ["train", "taco"],
      summary: "Train the counters that choose among a VLA's chunks",
      load: async () => (await import("./train-taco.ts")).trainTaco,
    },
    {
      path: ["eval", "locomotion"],
      summary: "Test a walking policy over commands, arm motions, pushes and terrain",
      load: async () => (await import("./eval-locomotion.ts")).evalLocomotion,
    },
    {
      path: ["eval", "cross-play"],
      summary: "Test every lower policy with every upper policy",
      load: async () => (await import("./eval-cross-play.ts")).evalCrossPlay,
    },
    {
      path: ["eval", "learning"],
      summary: "Draw what training runs could do over time",
      load: async () => (await import("./eval-learning.ts")).evalLearning,
    },
    {
      path: ["bridge"],
      summary: "Serve a robot over a WebSocket, behind its safety layer",
      load: async () => (await import("./bridge.ts")).bridge,
    },
    {
      path: ["eval", "vla"],
      summary: "Test a VLA on the tasks under one or more ways to choose its chunks",
      load: async () => (await import("./eval-vla.ts")).evalVla,
    },
    {
      path: ["reproduce", "taco"],
      summary: "Regenerate the tables and figures about TACO",
      load: async () => (await import("./reproduce-taco.ts")).reproduceTaco,
    },
    {
      path: ["serve", "policy"],
      summary: "Serve a VLA to clients of openpi's policy protocol",
      load: async () => (await import("./serve-policy.ts")).servePolicy,
    },
    {
      path: ["bench"],
      summary: "Measure speed and deadlines against a baseline",
      load: async () => (await import("./bench.ts")).bench,
    },
    {
      path: ["policy", "inspect"],
      summary: "Show what a policy file observes and drives, and whether it fits a robot",
      load: async () => (await import("./policy-inspect.ts")).policyInspect,
    },
    {
      path: ["policy", "import"],
      summary: "Turn somebody else's policy into a file that describes itself",
      load: async () => (await import("./policy-import.ts")).policyImport,
    },
    {
      path: ["record"],
      summary: "Play and keep a recording that replays exactly",
      load: async () => (await import("./record.ts")).record,
    },
    {
      path: ["replay"],
      summary: "Repeat a recorded session and check that every bit comes out the same",
      load: async () => (await import("./replay.ts")).replay,
    },
    {
      path: ["robot", "list"],
      summary: "List the robots that there are",
      load: async () => (await import("./robot-list.ts")).robotList,
    },
    {
      path: ["robot", "check"],
      summary: "Compare a robot's masses, frames and limits with a reference model",
      load: async () => (await import("./robot-check.ts")).robotCheck,
    },
    {
      path: ["robot", "picture"],
      summary: "Render a still of a robot",
      load: async () => (await import("./robot-picture.ts")).robotPicture,
    },
    {
      path: ["robot", "import"],
      summary: "Make a robot from an MJCF or URDF of yours",
      load: async () => (await import("./robot-import.ts")).robotImport,
    },
    {
      path: ["motion", "list"],
      summary: "List the arm motions of a robot",
      load: async () => (await import("./motion-list.ts")).motionList,
    },
    {
      path: ["motion", "show"],
      summary: "Draw the joint angles of a motion over time",
      load: async () => (await import("./motion-show.ts")).motionShow,
    },
    {
      path: ["motion", "make"],
      summary: "Generate the arm motions again",
      load: async () => (await import("./motion-make.ts")).motionMake,
    },
    {
      path: ["motion", "sort"],
      summary: "Rank arm motions by how long a walking policy stays up",
      load: async () => (await import("./motion-sort.ts")).motionSort,
    },
    {
      path: ["export", "site"],
      summary: "Write the viewer as a static site",
      load: async () => (await import("./export-site.ts")).exportSite,
    },
    {
      path: ["twin"],
      summary: "Put a simulated robot on the network as Unitree's own",
      load: async () => (await import("./twin.ts")).twin,
    },
    {
      path: ["vla", "experts"],
      summary: "Measure how often the scripted experts succeed",
      load: async () => (await import("./vla-experts.ts")).vlaExperts,
    },
    {
      path: ["vla", "demos"],
      summary: "Let scripted experts do the manipulation tasks and keep what they saw and did",
      load: async () => (await import("./vla-demos.ts")).vlaDemos,
    },
    {
      path: ["scene", "list"],
      summary: "List the worlds that a robot can be put into",
      load: async () => (await import("./scene-list.ts")).sceneList,
    },
  ],
  verbs: {
    train: {
      summary: "Training runs",
      examples: [{ line: "train lower --minutes 60", about: "an hour of training the legs" }],
    },
    eval: {
      summary: "Tests with figures",
      examples: [{ line: "eval locomotion --policy walk.onnx", about: "survival and errors by level" }],
    },
    export: {
      summary: "Things to show elsewhere",
      examples: [{ line: "export site public", about: "the viewer as a static site" }],
    },
    motion: {
      summary: "Arm motions",
      examples: [{ line: "motion list", about: "names that --motion takes" }],
    },
    policy: {
      summary: "Policy files",
      examples: [{ line: "policy inspect walk.onnx", about: "what it observes and drives" }],
    },
    robot: {
      summary: "Robot models",
      examples: [{ line: "robot list", about: "names that other commands take" }],
    },
    vla: {
      summary: "Vision-language-action models",
      examples: [{ line: "vla demos --episodes 20", about: "demonstrations to train one on" }],
    },
    reproduce: {
      summary: "Published figures, made again",
      examples: [{ line: "reproduce taco --quick", about: "a smoke test of ten minutes" }],
    },
    serve: {
      summary: "Servers",
      examples: [{ line: "serve policy --vla runs/vla/20260101-120000_flow", about: "a VLA on port 8000" }],
    },
    scene: {
      summary: "Worlds to put a robot into",
      examples: [{ line: "scene list", about: "names that --scene takes" }],
    },
  },
  examples: [
    { line: "play --headless --seconds 10", about: "a robot walks" },
    {
      line: "play --headless --policy walk.onnx --command 0.5,0,0",
      about: "it walks under a policy of yours",
    },
    { line: "policy inspect walk.onnx", about: "what that policy observes and drives" },
    { line: "robot list", about: "which robots there are" },
  ],
};
