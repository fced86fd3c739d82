import type { IdlStruct } from "../idl/idl-type.ts";
import { goLowCmd, goLowState } from "./unitree-go.ts";
import { hgLowCmd, hgLowState } from "./unitree-hg.ts";

/** The two families of Unitree's low-level messages: topics of one name, types that differ. */
export interface MessageFamily {
  readonly name: "unitree_go" | "unitree_hg";
  /** Motor slots of a message, used or not. */
  readonly slots: number;
  readonly lowCmd: IdlStruct;
  readonly lowState: IdlStruct;
  /** Mode byte that lets a slot's motor act; 0 switches it off. */
  enabledMode(slot: number): number;
  /** Slot of `rt/arm_sdk` whose position is the share of the command, 0 to 1. */
  readonly weightSlot: number;
}

/** H1: strong motors in slots 0 to 9, weak ones in 10 to 19. */
const go: MessageFamily = {
  name: "unitree_go",
  slots: 20,
  lowCmd: goLowCmd,
  lowState: goLowState,
  enabledMode: (slot) => (slot < 10 ? 0x0a : 0x01),
  weightSlot: 9,
};

/** H1-2: 27 motors in 35 slots. */
const hg: MessageFamily = {
  name: "unitree_hg",
  slots: 35,
  lowCmd: hgLowCmd,
  lowState: hgLowState,
  enabledMode: () => 1,
  weightSlot: 27,
};

export const MESSAGE_FAMILIES = { unitree_go: go, unitree_hg: hg } as const;
