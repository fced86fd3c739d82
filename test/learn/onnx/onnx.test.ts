import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  attribute,
  decodeModel,
  encodeModel,
  externalDataFiles,
  float32Tensor,
  int64Tensor,
  OnnxFormatError,
  type OnnxModel,
  readMetadata,
  withExternalData,
  withMetadata,
} from "../../../src/learn/onnx/index.ts";

const PAIRS = "../shared/data/policies";
const NAMES = ["almi_h1_2_lower", "unitree_h1_walk", "unitree_h1_2_walk"];

const everything: OnnxModel = {
  irVersion: 8,
  opsets: [
    { domain: "", version: 17 },
    { domain: "com.microsoft", version: 1 },
  ],
  producerName: "contrapposto",
  producerVersion: "0.1.0",
  metadata: { note: "ä", empty: "" },
  graph: {
    name: "every kind of field",
    inputs: [{ name: "x", type: "float32", shape: ["batch", 3, null] }, { name: "untyped" }],
    outputs: [{ name: "y", type: "int64", shape: [] }],
    valueInfo: [{ name: "h", type: "float16" }],
    initializers: [
      float32Tensor("w", [2, 2], [1, -0, 1e-40, Number.NaN]),
      int64Tensor("shape", [-1, 2n ** 62n]),
      { name: "scalar", type: "bool", dims: [], data: Uint8Array.of(1) },
      { name: "half", type: "float16", dims: [0], data: new Uint16Array(0) },
    ],
    nodes: [
      {
        opType: "Slice",
        inputs: ["x", "", "w"],
        outputs: ["y"],
        name: "first",
        domain: "com.microsoft",
        attributes: {
          f: attribute.float(0.25),
          i: attribute.int(-7),
          end: attribute.int(2n ** 63n - 1n),
          s: attribute.string("linear"),
          t: attribute.tensor(float32Tensor("", [1], [2])),
          fs: attribute.floats([1, 2]),
          is: attribute.ints([1, -2, -(2n ** 63n)]),
          ss: attribute.strings(["a", "b"]),
          g: attribute.graph({ name: "inner", nodes: [], initializers: [], inputs: [], outputs: [] }),
        },
      },
    ],
  },
};

describe("encodeModel and decodeModel", () => {
  it("return every field that was written", () => {
    expect(decodeModel(encodeModel(everything))).toEqual(everything);
  });

  it("carry fields that they do not know through unchanged", () => {
    const docString = Uint8Array.of(0x32, 2, 0x68, 0x69); // field 6 of ModelProto: "hi"
    const bytes = new Uint8Array([...encodeModel(everything), ...docString]);
    expect(decodeModel(bytes).extra).toEqual(docString);
    expect(decodeModel(encodeModel(decodeModel(bytes)))).toEqual(decodeModel(bytes));
  });

  it("keep an attribute of an unknown kind as its bytes", () => {
    const tensors = Uint8Array.of(0x0a, 1, 0x74, 0xa0, 1, 9); // name "t", type TENSORS
    const node = {
      opType: "A",
      inputs: [],
      outputs: [],
      attributes: { t: { kind: "encoded", value: tensors } },
    } as const;
    const model = { ...everything, graph: { ...everything.graph, nodes: [node] } };
    expect(decodeModel(encodeModel(model)).graph.nodes).toEqual([node]);
  });

  it("refuse to write a tensor whose values do not fill its dimensions", () => {
    const tensor = float32Tensor("w", [3], [1, 2]);
    const model = { ...everything, graph: { ...everything.graph, initializers: [tensor] } };
    expect(() => encodeModel(model)).toThrow(OnnxFormatError);
  });

  it.each(["", "hello, this is no model", "<mujoco/>"])("refuse %j", (text) => {
    expect(() => decodeModel(new TextEncoder().encode(text))).toThrow(OnnxFormatError);
  });

  it("answer any cut of a model with a typed error", () => {
    const bytes = encodeModel({ ...everything, metadata: {} });
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeModel(bytes.subarray(0, length)), `${length} bytes`).toThrow(OnnxFormatError);
  });

  it("answer damaged bytes with a model or a typed error, never anything else", () => {
    const bytes = encodeModel(everything);
    const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(damage, (changes) => {
        const damaged = bytes.slice();
        for (const [at, value] of changes) damaged[at] = value;
        expectTypedError(() => decodeModel(damaged));
        expectTypedError(() => readMetadata(damaged));
      }),
      { numRuns: 2000, seed: 7 },
    );
  });

  it("refuse graphs nested without end", () => {
    let graph = everything.graph;
    for (let i = 0; i < 40; i++)
      graph = {
        ...everything.graph,
        nodes: [
          { opType: "If", inputs: [], outputs: [], attributes: { then_branch: attribute.graph(graph) } },
        ],
      };
    expect(() => decodeModel(encodeModel({ ...everything, graph }))).toThrow(/nested/);
  });
});

describe("a model whose values are in another file", () => {
  const model = { ...everything, graph: { ...everything.graph, nodes: [], initializers: [] } };
  const text = (number: number, value: string) => [(number << 3) | 2, value.length, ...Buffer.from(value)];
  const entry = (key: string, value: string) => {
    const content = [...text(1, key), ...text(2, value)];
    return [0x6a, content.length, ...content];
  };
  /** Two float32 values at byte 4 of a file. */
  const tensor = (location: string) => [
    ...[0x08, 2, 0x10, 1, ...text(8, "w"), 0x70, 1],
    ...[...entry("location", location), ...entry("offset", "4"), ...entry("length", "8")],
  ];
  const bytes = (location = "w.data") => {
    const graph = [...text(2, "g"), 0x2a, tensor(location).length, ...tensor(location)];
    return Uint8Array.from([0x08, 8, 0x3a, graph.length, ...graph]);
  };
  const file = new Uint8Array(Float32Array.of(9, 1.5, -2, 9).buffer);

  it("names that file, and becomes one file with it", () => {
    expect(externalDataFiles(bytes())).toEqual(["w.data"]);
    const whole = withExternalData(bytes(), new Map([["w.data", file]]));
    expect(externalDataFiles(whole)).toEqual([]);
    expect(decodeModel(whole).graph.initializers).toEqual([float32Tensor("w", [2], [1.5, -2])]);
    expect(externalDataFiles(encodeModel(model))).toEqual([]);
  });

  it("is refused without it, with one that is too short, and with a path out of its folder", () => {
    expect(() => decodeModel(bytes())).toThrow(/"w" are in the file "w.data", which is missing/);
    expect(() => withExternalData(bytes(), new Map([["w.data", file.subarray(0, 8)]]))).toThrow(
      /8 bytes.*4 to 12/,
    );
    for (const location of ["../w", "/w", "a/b", "c:w", ".."])
      expect(() => externalDataFiles(bytes(location))).toThrow(OnnxFormatError);
  });
});

describe("withMetadata", () => {
  it("adds and replaces entries and touches nothing else", () => {
    const bytes = encodeModel(everything);
    const changed = withMetadata(bytes, { note: "new", toString: "own keys only" });
    expect(Object.fromEntries(readMetadata(changed))).toEqual({
      empty: "",
      note: "new",
      toString: "own keys only",
    });
    expect(decodeModel(changed).graph).toEqual(everything.graph);
    expect([...readMetadata(bytes).keys()]).toEqual(["note", "empty"]);
  });

  it("refuses what is no model", () => {
    expect(() => withMetadata(new Uint8Array(3), {})).toThrow(OnnxFormatError);
  });
});

describe.skipIf(!existsSync(PAIRS))(
  "files written by the onnx package (skipped without the shared data)",
  () => {
    it.each(NAMES)("%s survives a decode-encode round trip", (name) => {
      const bytes = readFileSync(`${PAIRS}/${name}.onnx`);
      const model = decodeModel(bytes);
      expect(model.opsets).toEqual([{ domain: "", version: 17 }]);
      expect(model.graph.nodes.map((node) => node.opType)).toContain("LSTM");
      expect(decodeModel(encodeModel(model))).toEqual(model);
    });
  },
);

function expectTypedError(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(OnnxFormatError);
  }
}
