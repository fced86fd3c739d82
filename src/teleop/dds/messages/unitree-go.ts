import { array, struct } from "../idl/idl-type.ts";

// The messages of the go family (H1), members in wire order. Source: IDL of Unitree's SDK 2; see docs/unitree.md.
const name = (type: string): string => `unitree_go::msg::dds_::${type}_`;

export const goImuState = struct(name("IMUState"), {
  quaternion: array("f32", 4),
  gyroscope: array("f32", 3),
  accelerometer: array("f32", 3),
  rpy: array("f32", 3),
  temperature: "u8",
});

const motorCmd = struct(name("MotorCmd"), {
  mode: "u8",
  q: "f32",
  dq: "f32",
  tau: "f32",
  kp: "f32",
  kd: "f32",
  reserve: array("u32", 3),
});

const bmsCmd = struct(name("BmsCmd"), { off: "u8", reserve: array("u8", 3) });

/** What moves an H1: 20 motor slots. */
export const goLowCmd = struct(name("LowCmd"), {
  head: array("u8", 2),
  level_flag: "u8",
  frame_reserve: "u8",
  sn: array("u32", 2),
  version: array("u32", 2),
  bandwidth: "u16",
  motor_cmd: array(motorCmd, 20),
  bms_cmd: bmsCmd,
  wireless_remote: array("u8", 40),
  led: array("u8", 12),
  fan: array("u8", 2),
  gpio: "u8",
  reserve: "u32",
  crc: "u32",
});

const motorState = struct(name("MotorState"), {
  mode: "u8",
  q: "f32",
  dq: "f32",
  ddq: "f32",
  tau_est: "f32",
  q_raw: "f32",
  dq_raw: "f32",
  ddq_raw: "f32",
  temperature: "u8",
  lost: "u32",
  reserve: array("u32", 2),
});

const bmsState = struct(name("BmsState"), {
  version_high: "u8",
  version_low: "u8",
  status: "u8",
  soc: "u8",
  current: "i32",
  cycle: "u16",
  bq_ntc: array("u8", 2),
  mcu_ntc: array("u8", 2),
  cell_vol: array("u16", 15),
});

/** What an H1 says of itself. */
export const goLowState = struct(name("LowState"), {
  head: array("u8", 2),
  level_flag: "u8",
  frame_reserve: "u8",
  sn: array("u32", 2),
  version: array("u32", 2),
  bandwidth: "u16",
  imu_state: goImuState,
  motor_state: array(motorState, 20),
  bms_state: bmsState,
  foot_force: array("i16", 4),
  foot_force_est: array("i16", 4),
  tick: "u32",
  wireless_remote: array("u8", 40),
  bit_flag: "u8",
  adc_reel: "f32",
  temperature_ntc1: "u8",
  temperature_ntc2: "u8",
  power_v: "f32",
  power_a: "f32",
  fan_frequency: array("u16", 4),
  reserve: "u32",
  crc: "u32",
});

const timeSpec = struct(name("TimeSpec"), { sec: "i32", nanosec: "u32" });

const pathPoint = struct(name("PathPoint"), {
  t_from_start: "f32",
  x: "f32",
  y: "f32",
  yaw: "f32",
  vx: "f32",
  vy: "f32",
  vyaw: "f32",
});

/** Odometry and gait of the built-in walker; simulators put the true position here. */
export const goSportModeState = struct(name("SportModeState"), {
  stamp: timeSpec,
  error_code: "u32",
  imu_state: goImuState,
  mode: "u8",
  progress: "f32",
  gait_type: "u8",
  foot_raise_height: "f32",
  position: array("f32", 3),
  body_height: "f32",
  velocity: array("f32", 3),
  yaw_speed: "f32",
  range_obstacle: array("f32", 4),
  foot_force: array("i16", 4),
  foot_position_body: array("f32", 12),
  foot_speed_body: array("f32", 12),
  path_point: array(pathPoint, 10),
});

/** The operator's remote control: sticks in -1..1 and a mask of keys. */
export const goWirelessController = struct(name("WirelessController"), {
  lx: "f32",
  ly: "f32",
  rx: "f32",
  ry: "f32",
  keys: "u16",
});
