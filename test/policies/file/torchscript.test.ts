import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ContrappostoError, Rng } from "../../../src/common/index.ts";
import { encodeModel, InferenceSession } from "../../../src/learn/index.ts";
import {
  PolicyFileError,
  UnsafePickleError,
  UnsupportedPolicyError,
} from "../../../src/policies/file/errors.ts";
import { torchScriptToOnnx } from "../../../src/policies/file/torchscript/to-onnx.ts";
import { unpickle } from "../../../src/policies/file/torchscript/unpickle.ts";
import { exporter, layer, linear, sequential, type Tensor, torchArchive, zip } from "./torch-archive.ts";

const PAIRS = "../shared/data/policies";
const NAMES = ["almi_h1_2_lower", "unitree_h1_walk", "unitree_h1_2_walk"];
const HARMLESS = "return (self.actor).forward(torch.squeeze(x, 0))";

const random = (rng: Rng, ...dims: number[]): Tensor => ({
  dims,
  values: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => rng.normal(0, 0.5)),
});

describe.skipIf(!existsSync(PAIRS))("released TorchScript policies (skipped without the shared data)", () => {
  it.each(NAMES)("%s acts as its converted twin for 1,000 recurrent steps", async (name) => {
    const [ours, theirs] = await Promise.all([
      Walker.start(encodeModel(torchScriptToOnnx(readFileSync(`${PAIRS}/${name}.pt`)))),
      Walker.start(readFileSync(`${PAIRS}/${name}.onnx`)),
    ]);
    const rng = new Rng(5);
    let worst = 0;
    let largest = 0;
    for (let step = 0; step < 1000; step++) {
      const obs = ours.obs.map(() => rng.normal(0, 0.7));
      const [a, b] = [await ours.step(obs), await theirs.step(obs)];
      for (let i = 0; i < a.length; i++) {
        worst = Math.max(worst, Math.abs(a[i] - b[i]));
        largest = Math.max(largest, Math.abs(b[i]));
      }
    }
    expect(largest).toBeGreaterThan(1);
    expect(worst).toBeLessThan(1e-5);
  });

  it("answers any damage with a typed error or a sound model, never anything else", () => {
    const bytes = new Uint8Array(readFileSync(`${PAIRS}/unitree_h1_walk.pt`));
    const directory = bytes.length - 4000; // damage here goes past the checksums
    const place = fc.oneof(fc.nat(bytes.length - 1), fc.integer({ min: directory, max: bytes.length - 1 }));
    fc.assert(
      fc.property(place, fc.nat(255), (at, value) => {
        const damaged = bytes.slice();
        damaged[at] = value;
        typedErrorOrModel(() => torchScriptToOnnx(damaged));
      }),
      { numRuns: 200, seed: 3 },
    );
    for (let length = 0; length < bytes.length; length += 997)
      expect(() => torchScriptToOnnx(bytes.subarray(0, length))).toThrow(PolicyFileError);
  });

  it("notices a single flipped bit in the weights", () => {
    const bytes = new Uint8Array(readFileSync(`${PAIRS}/unitree_h1_walk.pt`));
    bytes[20_000] ^= 1;
    expect(() => torchScriptToOnnx(bytes)).toThrow(/checksum of ".*data\/\d+" is wrong/);
  });
});

describe("torchScriptToOnnx", () => {
  it("computes an MLP as PyTorch defines its layers", async () => {
    const rng = new Rng(1);
    const [w1, b1, w2, b2] = [random(rng, 4, 3), random(rng, 4), random(rng, 2, 4), random(rng, 2)];
    const actor = sequential(
      linear(w1, b1.values),
      layer("ELU", {}, { alpha: "0.7" }),
      linear(w2, b2.values),
    );
    const policy = await Walker.start(encodeModel(torchScriptToOnnx(torchArchive(actor))));
    const obs = [0.3, -1.2, 2];
    const hidden = affine(w1, b1, obs).map((x) => (x > 0 ? x : 0.7 * (Math.exp(x) - 1)));
    expectNear(await policy.step(obs), affine(w2, b2, hidden));
  });

  it.each<[string, Record<string, string>, (x: number) => number]>([
    ["ReLU", {}, (x) => Math.max(0, x)],
    ["LeakyReLU", { negative_slope: "0.01" }, (x) => (x > 0 ? x : 0.01 * x)],
    ["Tanh", {}, Math.tanh],
    ["Sigmoid", {}, (x) => 1 / (1 + Math.exp(-x))],
    ["SiLU", {}, (x) => x / (1 + Math.exp(-x))],
    ["SELU", {}, (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.exp(x) - 1))],
    ["Identity", {}, (x) => x],
  ])("knows the activation %s", async (kind, constants, formula) => {
    const identity = linear({ dims: [2, 2], values: [1, 0, 0, 1] }, [0, 0]);
    const bytes = torchArchive(sequential(identity, layer(kind, {}, constants)));
    const policy = await Walker.start(encodeModel(torchScriptToOnnx(bytes)));
    expectNear(await policy.step([-1.5, 0.8]), [-1.5, 0.8].map(formula));
  });

  it.each([1, 2])("computes an LSTM of %i layers as PyTorch defines it", async (layers) => {
    const rng = new Rng(layers);
    const weights = gates(rng, 4, 3, 5, layers);
    const head = { w: random(rng, 2, 5), b: random(rng, 2) };
    const memory = layer("LSTM", weights, {
      num_layers: String(layers),
      bidirectional: "False",
      proj_size: "0",
    });
    const root = exporter({ memory, actor: sequential(linear(head.w, head.b.values)) }, HARMLESS);
    const policy = await Walker.start(encodeModel(torchScriptToOnnx(torchArchive(root))));
    const state = Array.from({ length: layers }, () => ({
      h: new Array(5).fill(0),
      c: new Array(5).fill(0),
    }));
    for (let step = 0; step < 20; step++) {
      const obs = [rng.normal(), rng.normal(), rng.normal()];
      let x = obs;
      for (const [k, s] of state.entries()) {
        const z = sum(
          affine(weights[`weight_ih_l${k}`], weights[`bias_ih_l${k}`], x),
          affine(weights[`weight_hh_l${k}`], weights[`bias_hh_l${k}`], s.h),
        );
        s.c = s.c.map((c, i) => sigmoid(z[5 + i]) * c + sigmoid(z[i]) * Math.tanh(z[10 + i]));
        s.h = s.c.map((c, i) => sigmoid(z[15 + i]) * Math.tanh(c));
        x = s.h;
      }
      expectNear(await policy.step(obs), affine(head.w, head.b, x));
    }
  });

  it("computes a GRU as PyTorch defines it", async () => {
    const rng = new Rng(9);
    const weights = gates(rng, 3, 3, 4, 1);
    const head = { w: random(rng, 2, 4), b: random(rng, 2) };
    const root = exporter(
      { rnn: layer("GRU", weights), actor: sequential(linear(head.w, head.b.values)) },
      HARMLESS,
    );
    const policy = await Walker.start(encodeModel(torchScriptToOnnx(torchArchive(root))));
    let h = [0, 0, 0, 0];
    for (let step = 0; step < 20; step++) {
      const obs = [rng.normal(), rng.normal(), rng.normal()];
      const a = affine(weights.weight_ih_l0, weights.bias_ih_l0, obs);
      const b = affine(weights.weight_hh_l0, weights.bias_hh_l0, h);
      h = h.map((old, i) => {
        const [r, z] = [sigmoid(a[i] + b[i]), sigmoid(a[4 + i] + b[4 + i])];
        return (1 - z) * Math.tanh(a[8 + i] + r * b[8 + i]) + z * old;
      });
      expectNear(await policy.step(obs), affine(head.w, head.b, h));
    }
  });

  it("puts rsl_rl's observation normaliser in front", async () => {
    const normalizer = {
      className: "__torch__.rsl_rl.EmpiricalNormalization",
      code: "class EmpiricalNormalization(Module):\n  eps : Final[float] = 0.01\n  def forward(self, x: Tensor) -> Tensor:\n    return torch.div(x, x)\n",
      attributes: { _mean: { dims: [1, 2], values: [1, -1] }, _std: { dims: [1, 2], values: [0.49, 1.99] } },
    };
    const actor = sequential(linear({ dims: [2, 2], values: [1, 0, 0, 1] }, [0, 0]));
    const bytes = torchArchive(exporter({ actor, normalizer }, HARMLESS));
    const policy = await Walker.start(encodeModel(torchScriptToOnnx(bytes)));
    expectNear(await policy.step([2, 3]), [2, 2]);
  });

  it.each<[string, ReturnType<typeof exporter>, RegExp]>([
    ["an unknown layer", sequential(linear({ dims: [1, 1], values: [1] }, [0]), layer("Conv1d")), /Conv1d/],
    [
      "a forward function that computes",
      exporter(
        { actor: sequential(linear({ dims: [1, 1], values: [1] }, [0])) },
        "return torch.clamp(x, -1., 1.)",
      ),
      /torch\.clamp/,
    ],
    [
      "a part beside the actor",
      exporter(
        { actor: sequential(), estimator: sequential(linear({ dims: [1, 1], values: [1] }, [0])) },
        HARMLESS,
      ),
      /estimator/,
    ],
    ["no actor", exporter({}, HARMLESS), /no part "actor"/],
    [
      "layers that do not fit",
      sequential(
        linear({ dims: [2, 1], values: [1, 1] }, [0, 0]),
        linear({ dims: [1, 3], values: [1, 1, 1] }, [0]),
      ),
      /do not fit/,
    ],
    [
      "an ELU whose slope is not stated",
      sequential(linear({ dims: [1, 1], values: [1] }, [0]), layer("ELU")),
      /alpha/,
    ],
  ])("refuses %s", (_, root, message) => {
    const convert = () => torchScriptToOnnx(torchArchive(root));
    expect(convert).toThrow(UnsupportedPolicyError);
    expect(convert).toThrow(message);
  });

  it("refuses an archive that is no policy", () => {
    expect(() => torchScriptToOnnx(zip(new Map()))).toThrow(PolicyFileError);
    const checkpoint = zip(
      new Map([["x/data.pkl", pickleBytes("\x80\x02ccollections\nOrderedDict\n)R}b.")]]),
    );
    expect(() => torchScriptToOnnx(checkpoint)).toThrow(/training checkpoint/);
  });
});

describe("unpickle", () => {
  it.each([
    ["a call to os.system", "\x80\x02cos\nsystem\n(X\x02\0\0\0lstR."],
    ["an import of builtins.eval", "\x80\x02cbuiltins\neval\n)R."],
    ["a name hidden behind torch", "\x80\x02ctorch.hub\nload\n)R."],
    ["an instruction that weights do not need", "\x80\x02(S'x'\nos\nsystem\n."],
    ["the stack global of later protocols", "\x80\x04\x8c\x02os\x8c\x06system\x93."],
  ])("refuses %s", (_, text) => {
    expect(() => unpickle(pickleBytes(text))).toThrow(UnsafePickleError);
  });

  it("answers random bytes with a typed error or a value, never anything else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        typedErrorOrModel(() => unpickle(bytes));
      }),
      { numRuns: 3000, seed: 11 },
    );
  });
});

/** A recurrent ONNX policy that is run by hand. */
class Walker {
  readonly obs: Float32Array;
  readonly #step: () => Promise<Float32Array>;

  private constructor(obs: Float32Array, step: () => Promise<Float32Array>) {
    this.obs = obs;
    this.#step = step;
  }

  static async start(model: Uint8Array): Promise<Walker> {
    const session = await InferenceSession.load(model);
    const inputs = Object.fromEntries(
      session.inputs.map(({ name }) => [name, session.input(name, { batch: 1 })]),
    );
    const outputs = Object.fromEntries(
      session.outputs.map(({ name }) => [name, session.output(name, { batch: 1 })]),
    );
    const bound = session.bind(inputs, outputs);
    return new Walker(inputs.obs.data as Float32Array, async () => {
      await bound.run();
      for (const name of ["h", "c"])
        if (inputs[`${name}_in`])
          (inputs[`${name}_in`].data as Float32Array).set(outputs[`${name}_out`].data as Float32Array);
      return outputs.actions.data as Float32Array;
    });
  }

  step(obs: ArrayLike<number>): Promise<Float32Array> {
    this.obs.set(obs);
    return this.#step();
  }
}

function gates(
  rng: Rng,
  count: number,
  inputs: number,
  hidden: number,
  layers: number,
): Record<string, Tensor> {
  const weights: Record<string, Tensor> = {};
  for (let k = 0; k < layers; k++) {
    weights[`weight_ih_l${k}`] = random(rng, count * hidden, k === 0 ? inputs : hidden);
    weights[`weight_hh_l${k}`] = random(rng, count * hidden, hidden);
    weights[`bias_ih_l${k}`] = random(rng, count * hidden);
    weights[`bias_hh_l${k}`] = random(rng, count * hidden);
  }
  return weights;
}

function affine(weight: Tensor, bias: Tensor, x: ArrayLike<number>): number[] {
  const [rows, columns] = weight.dims;
  return Array.from({ length: rows }, (_, i) => {
    let y = bias.values[i];
    for (let j = 0; j < columns; j++) y += weight.values[i * columns + j] * x[j];
    return y;
  });
}

const sum = (a: readonly number[], b: readonly number[]): number[] => a.map((x, i) => x + b[i]);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const pickleBytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

function expectNear(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(actual[i]).toBeCloseTo(expected[i], 5);
}

function typedErrorOrModel(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(ContrappostoError);
  }
}
