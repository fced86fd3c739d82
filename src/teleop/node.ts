export { DdsNetwork } from "./dds/cyclone/domain-config.ts";
export { DdsDomainError, DdsError, DdsUnavailableError } from "./dds/cyclone/errors.ts";
export { connectGamepad } from "./twin/joystick.ts";
export { Twin } from "./twin/twin.ts";
export { TwinConfig } from "./twin/twin-config.ts";
export type { TwinControls } from "./twin/twin-controls.ts";
export { TwinKeyboard, type TwinReport, twinReport } from "./twin/twin-keyboard.ts";
