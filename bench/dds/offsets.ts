import { CLayout } from "../../src/teleop/dds/idl/c-layout.ts";
import { hgLowCmd, hgLowState } from "../../src/teleop/dds/messages/unitree-hg.ts";

/** Where a command carries its number, and a state the number that it answers. */
export const SEQUENCE = new CLayout(hgLowCmd).offset("reserve");
export const TICK = new CLayout(hgLowState).offset("tick");
