import { openSync, writeSync } from "node:fs";
import { Controller, openLink } from "./rig.ts";

// A controller in a process of its own: says "running", and records to a full disk when it is told to.
const controller = new Controller(await openLink(process.argv[2], "child"));
await controller.start();
console.log("running");
process.stdin.once("data", () => {
  const file = openSync("/dev/full", "w");
  const { act } = controller;
  controller.act = () => {
    act();
    try {
      writeSync(file, "sample\n");
    } catch (error) {
      console.error(String(error));
      process.exit(1); // a controller that cannot keep its promise to record ends; the robot must not mind
    }
  };
});
