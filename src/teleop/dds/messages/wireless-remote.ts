import type { RemoteControl } from "../../robot-state.ts";

// LowState.wireless_remote: 40 bytes. Head, key mask (u16), then lx, rx, ry, L2 and ly as floats, then nothing.
const KEYS = 2;
const AXES = { lx: 4, rx: 8, ry: 12, ly: 20 } as const;

/** Reads the remote control out of the 40 bytes; a broken float counts as a centred stick. */
export function readWirelessRemote(bytes: DataView, remote: RemoteControl): void {
  remote.keys = bytes.getUint16(KEYS, true);
  remote.lx = stick(bytes, AXES.lx);
  remote.rx = stick(bytes, AXES.rx);
  remote.ry = stick(bytes, AXES.ry);
  remote.ly = stick(bytes, AXES.ly);
}

/** Writes the remote control into the 40 bytes, with a head that says that there is one. */
export function writeWirelessRemote(remote: RemoteControl, bytes: DataView): void {
  // All zero for 3 s means "no remote" to Unitree's C++ wrapper. What hardware puts here is not known.
  bytes.setUint16(0, PRESENT, true);
  bytes.setUint16(KEYS, remote.keys, true);
  bytes.setFloat32(AXES.lx, remote.lx, true);
  bytes.setFloat32(AXES.rx, remote.rx, true);
  bytes.setFloat32(AXES.ry, remote.ry, true);
  bytes.setFloat32(AXES.ly, remote.ly, true);
}

const PRESENT = 0x5155;

function stick(bytes: DataView, at: number): number {
  const value = bytes.getFloat32(at, true);
  return value >= -1 && value <= 1 ? value : 0;
}
