import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ClientMessage,
  MessageError,
  negotiateVersion,
  parseClientMessage,
  parseServerMessage,
  REFUSAL_CODES,
  ServerMessage,
} from "../../src/wire/index.ts";
import { ROOT } from "../support/run-cli.ts";

const page = readFileSync(`${ROOT}src/wire/PROTOCOL.md`, "utf8");
const ops = (union: { options: readonly { shape: { op: { value: string } } }[] }) =>
  union.options.map(({ shape }) => shape.op.value);

/** The JSON objects in the page's fenced blocks, one or more to a block. */
function examples(): { op: string }[] {
  const blocks = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => text);
  return blocks.flatMap((text) =>
    text
      .split(/\n(?=\{)/)
      .filter((part) => !part.includes('"..."]') && !part.includes("N,"))
      .map((part) => JSON.parse(part) as { op: string }),
  );
}

describe("control messages", () => {
  it("are all in PROTOCOL.md", () => {
    const isNamed = (op: string) => page.includes(`\`${op}\``) || page.includes(`"op": "${op}"`);
    expect([...ops(ClientMessage), ...ops(ServerMessage)].filter((op) => !isNamed(op))).toEqual([]);
    for (const code of REFUSAL_CODES) expect(page).toContain(code);
  });

  it("that PROTOCOL.md shows are valid", () => {
    const all = examples();
    expect(all.length).toBeGreaterThan(8);
    for (const example of all) {
      const isValid = [ClientMessage, ServerMessage].some((union) => union.safeParse(example).success);
      expect(isValid, JSON.stringify(example)).toBe(true);
    }
  });

  it.each([
    ["no JSON", "{", "not JSON"],
    ["no object", "3", "not valid"],
    ["an unknown op", '{"op":"fly"}', '"fly"'],
    ["an unknown field", '{"op":"release","now":true}', "now"],
    ["a wrong type", '{"op":"velocity","velocity":[1,2]}', "velocity"],
    ["a number that is none", '{"op":"velocity","velocity":[1,2,1e999]}', "velocity"],
    ["a speed out of range", '{"op":"speed","factor":5}', "factor"],
  ])("with %s are refused and say why", (_, text, reason) => {
    expect(() => parseClientMessage(text)).toThrow(MessageError);
    expect(() => parseClientMessage(text)).toThrow(reason);
  });

  it("never break the parser, whatever the text is", () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((j) => `{"op":"hello","versions":${j}}`),
        ),
        (text) => {
          for (const parse of [parseClientMessage, parseServerMessage]) {
            try {
              parse(text);
            } catch (error) {
              expect(error).toBeInstanceOf(MessageError);
            }
          }
        },
      ),
      { numRuns: 2000 },
    ));

  it("agree on the newest version that both sides speak", () => {
    expect(negotiateVersion([0, 1, 99])).toBe(1);
    expect(negotiateVersion([2])).toBeUndefined();
  });
});
