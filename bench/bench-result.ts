import type { BenchResult } from "../src/app/commands/bench.ts";
import { softwareVersions } from "../src/app/provenance.ts";

/** The results of a benchmark with the machine and commit that they were measured on. */
export async function benchResult(name: string, results: BenchResult["results"]): Promise<BenchResult> {
  const { machine, commit, engine, onnxRuntime } = await softwareVersions();
  const { cpu, cores, platform, node } = machine;
  return {
    name,
    machine: `${cpu}, ${cores} threads, ${platform}, Node ${node}, MuJoCo ${engine}, ONNX Runtime ${onnxRuntime}`,
    commit,
    results,
  };
}
