import { describe, expect, it } from "vitest";
import { z } from "zod";
import { flagsOf, parseFlags, writeFlags } from "../../src/app/flags.ts";

const parse = (schema: z.ZodObject, written: Record<string, readonly string[] | boolean>) =>
  parseFlags(schema, flagsOf(schema), new Map(Object.entries(written)));

describe("flags from a schema", () => {
  it("finds name, default, description and placeholder below any wrapper", () => {
    const schema = z.strictObject({
      rolloutLength: z
        .int()
        .describe("control steps")
        .meta({ description: "control steps", placeholder: "steps" })
        .default(24)
        .readonly(),
      out: z.string().optional().describe("a file"),
      robot: z.string(),
    });
    expect(flagsOf(schema)).toMatchObject([
      {
        long: "--rollout-length",
        about: "control steps",
        placeholder: "steps",
        defaultValue: 24,
        isRequired: false,
      },
      { long: "--out", about: "a file", defaultValue: undefined, isRequired: false },
      { long: "--robot", defaultValue: undefined, isRequired: true },
    ]);
  });

  it("refuses a field that no text can stand for", () => {
    expect(() => flagsOf(z.strictObject({ made: z.date() }))).toThrow("--made: a date");
    expect(() => flagsOf(z.strictObject({ noNoise: z.boolean() }))).toThrow("--no-noise");
  });

  it("changes single fields of a default that is a whole object", () => {
    const inner = z.strictObject({ timestep: z.number().default(0.002), decimation: z.int().default(10) });
    const schema = z.strictObject({ env: inner.default({ timestep: 0.005, decimation: 4 }) });
    expect(flagsOf(schema).map((flag) => flag.defaultValue)).toEqual([0.005, 4]);
    expect(parse(schema, { "--env.decimation": ["8"] })).toEqual({ env: { timestep: 0.005, decimation: 8 } });
    expect(parse(schema, {})).toEqual({ env: { timestep: 0.005, decimation: 4 } });
  });

  it("leaves an optional object out unless one of its fields is written", () => {
    const schema = z.strictObject({ push: z.strictObject({ speed: z.number() }).optional() });
    expect(parse(schema, {})).toEqual({});
    expect(parse(schema, { "--push.speed": ["0.5"] })).toEqual({ push: { speed: 0.5 } });
  });

  it("takes the last mention of a value, and gathers those of a list", () => {
    const schema = z.strictObject({
      seed: z.int(),
      names: z.array(z.string()),
      pushes: z.array(z.tuple([z.number(), z.number()])),
    });
    const written = { "--seed": ["1", "2"], "--names": ["a,b", "c"], "--pushes": ["1,2", "-3,4"] };
    expect(parse(schema, written)).toEqual({
      seed: 2,
      names: ["a", "b", "c"],
      pushes: [
        [1, 2],
        [-3, 4],
      ],
    });
  });

  it("reads unions by the narrowest reading that works", () => {
    const schema = z.strictObject({
      scale: z.union([z.array(z.number()), z.number()]),
      at: z.union([z.string(), z.literal("auto"), z.number()]),
    });
    expect(parse(schema, { "--scale": ["0.5"], "--at": ["7"] })).toEqual({ scale: 0.5, at: 7 });
    expect(parse(schema, { "--scale": ["1,2"], "--at": ["home"] })).toEqual({ scale: [1, 2], at: "home" });
  });

  it.each(["", "abc", "NaN", "Infinity", "0x10", "1,5", "--3", "1e"])(
    "does not take %j for a number",
    (text) => {
      const schema = z.strictObject({ speed: z.number() });
      expect(() => parse(schema, { "--speed": [text] })).toThrow("--speed takes a number");
    },
  );

  it("says which flag is missing", () => {
    expect(() => parse(z.strictObject({ env: z.strictObject({ numEnvs: z.int() }) }), {})).toThrow(
      "--env.num-envs is missing.",
    );
  });

  it("writes down what differs from the defaults, so that it reads the same again", () => {
    const schema = z.strictObject({
      name: z.string().default("a"),
      note: z.string().optional(),
      gains: z.tuple([z.number(), z.number()]).default([1, 1]),
      files: z.array(z.string()).default([]),
      isFast: z.boolean().default(false),
      rest: z.strictObject({ numSteps: z.int().default(4), isOn: z.boolean().default(true) }).prefault({}),
    });
    const values = schema.parse({
      note: "it's new",
      gains: [-1, 0.5],
      files: ["x", "y"],
      isFast: true,
      rest: { isOn: false },
    });
    const words = writeFlags(schema, values);
    expect(words).toEqual([
      "--note 'it'\\''s new'",
      "--gains=-1,0.5",
      "--files x,y",
      "--is-fast",
      "--no-rest.is-on",
    ]);
    expect(writeFlags(schema, values, ["note", "rest"])).toEqual(words.slice(1, 4));
    expect(writeFlags(schema, schema.parse({}))).toEqual([]);
  });
});
