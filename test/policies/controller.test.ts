import { afterEach, expect, it, vi } from "vitest";
import { createController } from "../../src/policies/controller.ts";
import { OnnxPolicy, writePolicyFile } from "../../src/policies/index.ts";
import { robotByName } from "../../src/sim/index.ts";
import { legSpec, linearBytes } from "./small-policy.ts";

afterEach(() => void vi.restoreAllMocks());

it("lets go of the networks that it has loaded when a later file does not fit", async () => {
  const dispose = vi.spyOn(OnnxPolicy.prototype, Symbol.dispose);
  const good = { name: "good", bytes: writePolicyFile(linearBytes(), legSpec()) };
  const broken = { name: "broken", bytes: new Uint8Array(8) };
  await expect(createController(robotByName("h1_2"), [good, broken], 0.02)).rejects.toThrow();
  expect(dispose).toHaveBeenCalledTimes(1);
});
