export { type ClockExchange, ClockSync } from "./clock-sync.ts";
export {
  CLOSE_CODE,
  FrameError,
  LinkLostError,
  MessageError,
  REFUSAL_CODES,
  type RefusalCode,
  RefusedError,
  StreamError,
} from "./errors.ts";
export {
  decodeFrame,
  encodeFrame,
  FRAME_FLAG,
  FRAME_HEADER_BYTES,
  FRAME_TYPE,
  type Frame,
  type FrameHeader,
  type FrameType,
} from "./frame.ts";
export {
  ClientMessage,
  type ClientMessageInput,
  type HostMessage,
  parseClientMessage,
  ROBOT_STATES,
  type RobotState,
} from "./messages/client-message.ts";
export {
  type CatalogueMessage,
  type Limits,
  parseServerMessage,
  ServerMessage,
  type ServerOp,
  type SessionMessage,
  type TrainingMessage,
} from "./messages/server-message.ts";
export {
  fieldOffsets,
  fitsStream,
  rowSize,
  type StreamDeclaration,
  type StreamField,
} from "./messages/stream.ts";
export type { ModelDescription, RobotDescription, WorldMessage } from "./messages/world.ts";
export { negotiateVersion, PROTOCOL_VERSIONS, SOCKET_PATH, SUBPROTOCOL } from "./version.ts";
