import { InferenceSession } from "../../src/learn/index.ts";
import type { PolicyFile } from "../../src/policies/index.ts";

/** What a policy says to an observation at the beginning of an episode. */
export async function answer({ model }: PolicyFile, observation: Float32Array): Promise<Float32Array> {
  using session = await InferenceSession.load(model);
  const tensors = (kind: "input" | "output") =>
    Object.fromEntries(session[`${kind}s`].map(({ name }) => [name, session[kind](name, { batch: 1 })]));
  const [inputs, outputs] = [tensors("input"), tensors("output")];
  (inputs.obs.data as Float32Array).set(observation);
  await session.bind(inputs, outputs).run();
  return outputs.actions.data as Float32Array;
}
