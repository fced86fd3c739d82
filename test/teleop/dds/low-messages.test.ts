import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { CLayout } from "../../../src/teleop/dds/idl/c-layout.ts";
import { MESSAGE_FAMILIES, type MessageFamily } from "../../../src/teleop/dds/messages/family.ts";
import { createLowCmd, type LowCmd, LowCmdCodec } from "../../../src/teleop/dds/messages/low-cmd.ts";
import { createLowState, LowStateCodec } from "../../../src/teleop/dds/messages/low-state.ts";
import { readWirelessRemote, writeWirelessRemote } from "../../../src/teleop/dds/messages/wireless-remote.ts";

const { unitree_go: go, unitree_hg: hg } = MESSAGE_FAMILIES;

const zeros = (type: MessageFamily["lowCmd"]): DataView =>
  new DataView(new ArrayBuffer(new CLayout(type).size));

function crcOf(family: MessageFamily, fill: (cmd: LowCmd) => void): string {
  const cmd = createLowCmd(family);
  for (let slot = 0; slot < family.slots; slot++) cmd.mode[slot] = family.enabledMode(slot);
  fill(cmd);
  const message = zeros(family.lowCmd);
  new LowCmdCodec(family).write(cmd, message);
  return message
    .getUint32(message.byteLength - 4, true)
    .toString(16)
    .toUpperCase();
}

const hgRamp = (cmd: LowCmd): void => {
  cmd.mode.fill(0, 27);
  cmd.kp.fill(100, 0, 13).fill(50, 13, 27);
  cmd.kd.fill(1, 0, 27);
};

describe("a low-level command", () => {
  // Whole frames whose checksums Unitree's library gave.
  it.each<[string, MessageFamily, (cmd: LowCmd) => void, string]>([
    [
      "an H1 without position and velocity",
      go,
      (c) => {
        c.q.fill(2.146e9);
        c.dq.fill(16000);
      },
      "F6575A86",
    ],
    [
      "an H1 that holds zero",
      go,
      (c) => {
        c.kp.fill(200, 0, 10).fill(60, 10);
        c.kd.fill(5, 0, 10).fill(1.5, 10);
      },
      "6F6AB992",
    ],
    ["an H1 that damps", go, (c) => void c.kd.fill(8), "C816EA6E"],
    ["an H1-2 that holds zero", hg, hgRamp, "620B6A56"],
    [
      "an H1-2 of machine 6",
      hg,
      (c) => {
        hgRamp(c);
        c.modeMachine = 6;
      },
      "52F19167",
    ],
    [
      "an H1-2 at a ramp of angles",
      hg,
      (c) => {
        hgRamp(c);
        for (let slot = 0; slot < 27; slot++) c.q[slot] = 0.1 * slot;
      },
      "2A74ECE7",
    ],
    ["an H1-2 that damps", hg, (c) => void c.kd.fill(8), "7D04A348"],
  ])("for %s is byte for byte the vendor's", (_, family, fill, crc) => {
    expect(crcOf(family, fill)).toBe(crc);
  });

  it.each([go, hg])("of $name comes back as it was sent, and not where a bit has flipped", (family) => {
    const rng = new Rng(7);
    const [sent, got] = [createLowCmd(family), createLowCmd(family)];
    const codec = new LowCmdCodec(family);
    const message = zeros(family.lowCmd);
    for (const field of ["q", "dq", "tau", "kp", "kd"] as const)
      for (let slot = 0; slot < family.slots; slot++) sent[field][slot] = rng.uniform(-100, 100);
    codec.write(sent, message);
    expect(codec.read(message, got)).toBe(true);
    expect(got).toEqual(sent);
    message.setUint8(33, message.getUint8(33) ^ 4);
    expect(codec.read(message, got)).toBe(false);
  });
});

describe("a low-level state", () => {
  it.each<[MessageFamily, string]>([
    [go, "88CB86DB"],
    [hg, "D0001061"],
  ])("of $name has the vendor's checksum", (family, crc) => {
    const state = createLowState(family);
    state.tick = 1000;
    if (family === go) state.charge = state.voltage = state.current = 0;
    const message = zeros(family.lowState);
    new LowStateCodec(family).write(state, message);
    expect(
      message
        .getUint32(message.byteLength - 4, true)
        .toString(16)
        .toUpperCase(),
    ).toBe(crc);
  });

  it.each([go, hg])("of $name comes back as it was sent", (family) => {
    const rng = new Rng(3);
    const [sent, got] = [createLowState(family), createLowState(family)];
    for (const field of ["q", "dq", "ddq", "tauEst"] as const)
      for (let slot = 0; slot < family.slots; slot++) sent[field][slot] = rng.uniform(-100, 100);
    sent.temperature.fill(41);
    sent.tick = 123456;
    sent.imu.gyro.set([1, 2, 3]);
    sent.imu.temperature = 30;
    sent.wirelessRemote.set(Array.from({ length: 40 }, (_, i) => i));
    if (family === hg) sent.modeMachine = 6;
    else Object.assign(sent, { charge: 88, voltage: 67, current: -2.5 });
    const message = zeros(family.lowState);
    const codec = new LowStateCodec(family);
    codec.write(sent, message);
    expect(codec.read(message, got)).toBe(true);
    expect(got).toEqual(sent);
  });
});

describe("the remote control's 40 bytes", () => {
  it("carry sticks and keys where Unitree's programs look for them", () => {
    const bytes = new DataView(new ArrayBuffer(40));
    writeWirelessRemote({ lx: 0.25, ly: 0.5, rx: -0.75, ry: 1, keys: 0x0104 }, bytes);
    expect([bytes.getUint8(2), bytes.getUint8(3)]).toEqual([0x04, 0x01]);
    expect([4, 8, 12, 20].map((at) => bytes.getFloat32(at, true))).toEqual([0.25, -0.75, 1, 0.5]);
    const remote = { lx: 0, ly: 0, rx: 0, ry: 0, keys: 0 };
    readWirelessRemote(bytes, remote);
    expect(remote).toEqual({ lx: 0.25, ly: 0.5, rx: -0.75, ry: 1, keys: 0x0104 });
  });

  it("centre a stick that says nonsense", () => {
    const bytes = new DataView(new ArrayBuffer(40));
    bytes.setFloat32(20, Number.NaN, true);
    bytes.setFloat32(4, 7, true);
    const remote = { lx: 1, ly: 1, rx: 1, ry: 1, keys: 0 };
    readWirelessRemote(bytes, remote);
    expect([remote.lx, remote.ly]).toEqual([0, 0]);
  });
});
