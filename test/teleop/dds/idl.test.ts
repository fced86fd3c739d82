import { describe, expect, it } from "vitest";
import { CLayout } from "../../../src/teleop/dds/idl/c-layout.ts";
import type { IdlStruct } from "../../../src/teleop/dds/idl/idl-type.ts";
import { array, struct } from "../../../src/teleop/dds/idl/idl-type.ts";
import { serializerOps } from "../../../src/teleop/dds/idl/serializer-ops.ts";
import { apiRequest, apiResponse } from "../../../src/teleop/dds/messages/unitree-api.ts";
import {
  goImuState,
  goLowCmd,
  goLowState,
  goSportModeState,
  goWirelessController,
} from "../../../src/teleop/dds/messages/unitree-go.ts";
import { hgBmsState, hgImuState, hgLowCmd, hgLowState } from "../../../src/teleop/dds/messages/unitree-hg.ts";
import { type CompiledDescriptor, compileDescriptors, NO_IDLC } from "./idlc.ts";

const MESSAGES: readonly IdlStruct[] = [
  goImuState,
  goLowCmd,
  goLowState,
  goSportModeState,
  goWirelessController,
  hgBmsState,
  hgImuState,
  hgLowCmd,
  hgLowState,
  apiRequest,
  apiResponse,
];

const hex = (text: string): number[] => text.split(" ").map((word) => Number.parseInt(word, 16));

describe("a message's layout", () => {
  // Sizes and offsets measured against Cyclone's own output.
  it.each<[IdlStruct, number, Record<string, number>]>([
    [goLowCmd, 812, { motor_cmd: 24, bms_cmd: 744, wireless_remote: 748, gpio: 802, crc: 808 }],
    [
      goLowState,
      1180,
      { "imu_state.rpy": 64, "motor_state.lost": 116, "bms_state.current": 1044, tick: 1100, crc: 1176 },
    ],
    [goSportModeState, 516, { position: 84, velocity: 100, foot_position_body: 140, path_point: 236 }],
    [goWirelessController, 20, { ly: 4, keys: 16 }],
    [hgLowCmd, 1004, { mode_machine: 1, motor_cmd: 4, reserve: 984, crc: 1000 }],
    [hgLowState, 2092, { tick: 12, "imu_state.temperature": 68, motor_state: 72, crc: 2088 }],
    [hgImuState, 56, { rpy: 40, temperature: 52 }],
    [apiRequest, 64, { "header.policy.noreply": 28, parameter: 32, binary: 40 }],
    [apiResponse, 56, { "header.status": 16, data: 24, binary: 32 }],
  ])("of $name is the C compiler's", (type, size, offsets) => {
    const layout = new CLayout(type);
    expect(layout.size).toBe(size);
    for (const [path, offset] of Object.entries(offsets))
      expect([path, layout.offset(path)]).toEqual([path, offset]);
  });

  it("steps over whole motors", () => {
    expect(new CLayout(goLowCmd).stride("motor_cmd")).toBe(36);
    expect(new CLayout(hgLowState).stride("motor_state")).toBe(56);
  });

  it("names the members that there are when asked for another", () => {
    expect(() => new CLayout(hgLowCmd).offset("motors")).toThrow(/motor_cmd/);
  });
});

describe("a message's serialiser", () => {
  it("is word for word what is known of Cyclone 0.10.2", () => {
    expect([...serializerOps(hgLowCmd).words]).toEqual(
      hex(
        "1010000 0 1010000 1 1080a00 4 23 5000b 1c 1080300 3d8 4 1030000 3e8 0 1010000 0 1030002 4 1030002 8 " +
          "1030002 c 1030002 10 1030002 14 1030000 18 0",
      ),
    );
    expect([...serializerOps(apiRequest).words]).toEqual(
      hex(
        "10d0000 0 30008 1050000 20 1070100 28 0 10d0000 0 3000a 10d0000 10 3000c 10d0000 18 3000c 0 " +
          "1040004 0 1040004 8 0 1040004 0 0 1030004 0 10e0000 4 0",
      ),
    );
  });

  it("describes a struct that is used twice once", () => {
    const point = struct("a::Point", { x: "f32" });
    const line = struct("a::Line", { from: point, to: point, more: array(point, 3) });
    expect(serializerOps(line).instructions).toBe(6);
  });

  it.skipIf(NO_IDLC !== undefined)(
    `is idlc's for every message ${NO_IDLC === undefined ? "" : `: skipped, ${NO_IDLC}`}`,
    () => {
      const compiled = compileDescriptors(MESSAGES);
      for (const type of MESSAGES) {
        const { words, instructions } = serializerOps(type);
        const { size, align } = new CLayout(type);
        expect({ name: type.name, size, align, nops: instructions, ops: [...words] }).toEqual({
          name: type.name,
          ...withoutFlags(compiled.get(type.name)),
        });
      }
    },
  );
});

function withoutFlags(descriptor: CompiledDescriptor | undefined) {
  if (descriptor === undefined) throw new Error("idlc knows no such type");
  const { flagset: _, ...rest } = descriptor;
  return rest;
}
