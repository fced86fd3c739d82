export { ActionWriter } from "./client/action-writer.ts";
export type { ClientSocket, ClientSocketConstructor } from "./client/client-socket.ts";
export { Sample, StreamReader } from "./client/sample.ts";
export { type LinkStatus, type Outgoing, WireClient, type WireClientOptions } from "./client/wire-client.ts";
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
export type { DecisionMessage, LayoutMessage, TrialState, VlaMessage } from "./messages/vla-message.ts";
export type { ModelDescription, RobotDescription, WorldMessage } from "./messages/world.ts";
export type { Connection } from "./server/connection.ts";
export { Hub, type HubOptions } from "./server/hub.ts";
export type { ActionRequest, HubHost } from "./server/hub-host.ts";
export type { ClientIdentity } from "./server/lease.ts";
export type { HubSocket } from "./server/outbox.ts";
export type { StreamPlan } from "./server/stream-table.ts";
export { negotiateVersion, PROTOCOL_VERSIONS, SOCKET_PATH, SUBPROTOCOL } from "./version.ts";
