import { Engine, type RobotSpec, type World } from "../../sim/index.ts";
import type { DdsNetwork } from "../dds/cyclone/domain-config.ts";
import { SimPort } from "../links/sim-port.ts";
import type { MotorPort } from "../motor-port.ts";

/** Which motors: data that crosses to the loop's thread. */
export type Transport =
  | { readonly kind: "sim"; readonly world: World; readonly isTethered?: boolean }
  | { readonly kind: "dds"; readonly robot: RobotSpec; readonly network: DdsNetwork };

/** The robot at the end of a transport. */
export function robotOf(transport: Transport): RobotSpec {
  return transport.kind === "sim" ? transport.world.robot : transport.robot;
}

/** Opens the port of a transport, in the thread that will use it. DDS is loaded only where it is asked for. */
export async function openPort(transport: Transport): Promise<MotorPort> {
  if (transport.kind === "sim")
    return SimPort.open(await Engine.load(), transport.world, transport.isTethered);
  const { DdsMotorPort } = await import("../dds/dds-motor-port.ts");
  return DdsMotorPort.open(transport.robot, transport.network);
}
