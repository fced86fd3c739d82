import { describe, expect, it } from "vitest";
import { DdsDomainError, DdsUnavailableError } from "../../../src/teleop/dds/cyclone/errors.ts";
import { loadCyclone } from "../../../src/teleop/dds/cyclone/library.ts";
import { Participant } from "../../../src/teleop/dds/cyclone/participant.ts";
import { Reader } from "../../../src/teleop/dds/cyclone/reader.ts";
import { Writer } from "../../../src/teleop/dds/cyclone/writer.ts";
import { goWirelessController } from "../../../src/teleop/dds/messages/unitree-go.ts";
import { ServiceClient, ServiceServer } from "../../../src/teleop/dds/rpc/service.ts";
import { because, NO_DDS } from "../support/dds-presence.ts";

const network = { domain: 102, interface: "lo" };
const topic = { name: "rt/wirelesscontroller", type: goWirelessController };

describe("without DDS", () => {
  it("says what is missing and how to get it", async () => {
    const error = await loadCyclone(["libno-such-thing.so"]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DdsUnavailableError);
    expect((error as DdsUnavailableError).remedy).toMatch(/apt-get install libddsc0debian/);
  });
});

describe.skipIf(NO_DDS !== undefined)(`Cyclone DDS${because(NO_DDS)}`, () => {
  it("refuses a library that is another one", async () => {
    await expect(loadCyclone(["libc.so.6"])).rejects.toThrow(/not Cyclone DDS 0\.10/);
  });

  it("opens no other interface than the one asked for", async () => {
    await expect(Participant.open({ domain: 102, interface: "nope0" })).rejects.toThrow(DdsDomainError);
    await expect(Participant.open({ domain: 102, interface: "nope0" })).rejects.toThrow(/Use one of: .*lo/);
  });

  it("opens a domain once, and again after it was left", async () => {
    {
      using _first = await Participant.open(network);
      await expect(Participant.open(network)).rejects.toThrow(DdsDomainError);
    }
    using again = await Participant.open(network);
    expect(again.handle).toBeGreaterThan(0);
  });

  it("hands over the newest sample, once", async () => {
    using participant = await Participant.open(network);
    const [writer, reader] = [new Writer(participant, topic), new Reader(participant, topic)];
    expect(reader.take()).toBe(false);
    for (const keys of [1, 2, 3]) {
      writer.sample.setUint16(16, keys, true);
      writer.write();
    }
    expect(reader.take()).toBe(true);
    expect(reader.sample.getUint16(16, true)).toBe(3);
    expect(reader.take()).toBe(false);
  });

  it("carries a call and its answer, texts of any length and letters included", async () => {
    using participant = await Participant.open(network);
    const server = new ServiceServer(participant, "echo", ({ apiId, parameter }) => ({
      code: apiId,
      data: `${parameter}!`,
    }));
    const client = new ServiceClient(participant, "echo", 7n);
    const texts = ["", "{}", "Grüße 你好", "x".repeat(5000)];
    const ids = texts.map((text, i) => client.call(i, text));
    server.serve();
    expect(ids.map((id) => client.poll(id))).toEqual(
      texts.map((text, i) => ({ id: 8n + BigInt(i), apiId: i, code: i, data: `${text}!` })),
    );
  });
});
