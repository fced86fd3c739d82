export { findRobot, type LocatedRobot, listRobots, type RobotPlaces } from "./model-files/find-robot.ts";
export { type ImportedRobot, type ImportOptions, importRobot } from "./model-files/import-robot.ts";
export { readModel } from "./model-files/read-model.ts";
export type { VecEnvSetup } from "./parallel/env-slice.ts";
export { PeekBlock, type PeekedMoment } from "./parallel/peek-block.ts";
export { postEach } from "./parallel/post-each.ts";
export { spawnWorker } from "./parallel/spawn-worker.ts";
export { type SpreadOptions, spreadWork } from "./parallel/spread-work.ts";
export { VecEnv, WorkerFailedError } from "./vec-env.ts";
