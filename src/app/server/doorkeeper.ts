import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

/** Whom a server lets in. */
export interface AccessRules {
  /** Address that the server listens on. */
  readonly host: string;
  /** What whoever is not on this machine has to present; undefined where the server is on a loopback address. */
  readonly token: string | undefined;
  /** Origins of pages elsewhere that may connect, such as http://localhost:5173. */
  readonly origins: readonly string[];
}

/** Whether an address means this machine alone. */
export function isLoopback(address: string): boolean {
  const plain = address.replace(/^\[|\]$/g, "").replace(/^::ffff:/, "");
  return plain === "localhost" || plain === "::1" || (isIP(plain) === 4 && plain.startsWith("127."));
}

/**
 * Why a request is turned away; undefined where it may come in. A page may connect only to where it came from, and a
 * server without a token is reached only under a name of this machine, so that no name of a stranger's can point here.
 */
export function refusalOf({ headers }: IncomingMessage, { token, origins }: AccessRules): string | undefined {
  const { origin, host = "" } = headers;
  if (token === undefined && !isLoopback(host.replace(/:\d+$/, "")))
    return `This server answers on this machine alone, not as "${host}".`;
  if (origin === undefined || origins.includes(origin) || hostOf(origin) === host) return undefined;
  return `Pages from ${origin} may not connect; the server was not told to allow that origin.`;
}

/** Whether a request has to present the token. Somebody on this machine needs none unless it came by way of a proxy. */
export function needsToken({ socket, headers }: IncomingMessage, { token }: AccessRules): boolean {
  if (token === undefined) return false;
  return !isLoopback(socket.remoteAddress ?? "") || headers["x-forwarded-for"] !== undefined;
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
