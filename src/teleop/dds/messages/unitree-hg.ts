import { array, struct } from "../idl/idl-type.ts";

// The messages of the hg family (H1-2), members in wire order. Source: IDL of Unitree's SDK 2; see docs/unitree.md.
const name = (type: string): string => `unitree_hg::msg::dds_::${type}_`;

export const hgImuState = struct(name("IMUState"), {
  quaternion: array("f32", 4),
  gyroscope: array("f32", 3),
  accelerometer: array("f32", 3),
  rpy: array("f32", 3),
  temperature: "i16",
});

const motorCmd = struct(name("MotorCmd"), {
  mode: "u8",
  q: "f32",
  dq: "f32",
  tau: "f32",
  kp: "f32",
  kd: "f32",
  reserve: "u32",
});

/** What moves an H1-2: 35 motor slots, 27 of them used. */
export const hgLowCmd = struct(name("LowCmd"), {
  mode_pr: "u8",
  mode_machine: "u8",
  motor_cmd: array(motorCmd, 35),
  reserve: array("u32", 4),
  crc: "u32",
});

const motorState = struct(name("MotorState"), {
  mode: "u8",
  q: "f32",
  dq: "f32",
  ddq: "f32",
  tau_est: "f32",
  temperature: array("i16", 2),
  vol: "f32",
  sensor: array("u32", 2),
  motorstate: "u32",
  reserve: array("u32", 4),
});

/** What an H1-2 says of itself. */
export const hgLowState = struct(name("LowState"), {
  version: array("u32", 2),
  mode_pr: "u8",
  mode_machine: "u8",
  tick: "u32",
  imu_state: hgImuState,
  motor_state: array(motorState, 35),
  wireless_remote: array("u8", 40),
  reserve: array("u32", 4),
  crc: "u32",
});

/** Battery; go robots carry theirs in LowState. */
export const hgBmsState = struct(name("BmsState"), {
  version_high: "u8",
  version_low: "u8",
  fn: "u8",
  cell_vol: array("u16", 40),
  bmsvoltage: array("u32", 3),
  current: "i32",
  soc: "u8",
  soh: "u8",
  temperature: array("i16", 12),
  cycle: "u16",
  manufacturer_date: "u16",
  bmsstate: array("u32", 5),
  reserve: array("u32", 3),
});
