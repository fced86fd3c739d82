import { openSync, writeSync } from "node:fs";
import { type CHUNKS, Controller, openLink } from "./rig.ts";

// A controller in a process of its own: says "running", and records to a full disk when it is told to. Arguments: URL, and
// where they are wanted the token and the kind of its chunks.
const [url, token, mode] = process.argv.slice(2);
const controller = new Controller(await openLink(url, "child", token || undefined));
if (mode) controller.sendChunks(mode as keyof typeof CHUNKS);
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
