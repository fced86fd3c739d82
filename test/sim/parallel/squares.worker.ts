import { parentPort, workerData } from "node:worker_threads";

const { jobs, pulse } = workerData as { jobs: readonly number[]; pulse: Int32Array };
for (const job of jobs) {
  if (job < 0) throw new RangeError(`${job} has no square here`);
  if (job === 0)
    setInterval(() => Atomics.add(pulse, 0, 1), 1); // never ends by itself
  else parentPort?.postMessage(job * job);
}
