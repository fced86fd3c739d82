/** Protocol versions that this code speaks, the newest first. */
export const PROTOCOL_VERSIONS: readonly number[] = [1];
/** What a WebSocket client may name as its subprotocol; it may also name none. */
export const SUBPROTOCOL = "contrapposto";
/** Path of the WebSocket on the server. */
export const SOCKET_PATH = "/ws";

/** The newest version that both sides speak; undefined where there is none. */
export function negotiateVersion(offered: readonly number[]): number | undefined {
  return PROTOCOL_VERSIONS.find((version) => offered.includes(version));
}
