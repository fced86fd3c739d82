import { workerData } from "node:worker_threads";
import { postEach } from "../../../src/sim/node.ts";

const { jobs, pulse } = workerData as { jobs: readonly number[]; pulse: Int32Array };

async function* squares(): AsyncGenerator<number> {
  for (const job of jobs) {
    Atomics.add(pulse, 0, 1);
    if (job < 0) throw new RangeError(`${job} has no square here`);
    if (job === 0) {
      setInterval(() => Atomics.add(pulse, 0, 1), 1);
      await new Promise(() => {}); // never ends by itself
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, job); // as native code: it hears nothing meanwhile
    yield job * job;
  }
}

await postEach(squares());
