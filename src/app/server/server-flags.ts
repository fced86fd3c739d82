import { z } from "zod";
import { UsageError } from "../../common/index.ts";
import { readBytes } from "../files.ts";
import type { LiveServerOptions } from "./live-server.ts";

/** Flags of every command that opens a server. */
export const ServerFlags = {
  host: z
    .string()
    .default("127.0.0.1")
    .describe("address to serve on; one that other machines reach makes the server ask for a token"),
  port: z.int().min(0).max(65535).default(8080).describe("port to serve on; 0 takes any that is free"),
  token: z
    .string()
    .min(8)
    .optional()
    .describe("what other machines have to present; default: a new one each time"),
  allowOrigin: z
    .array(z.string())
    .default([])
    .meta({ description: "origins of pages elsewhere that may connect", placeholder: "origin" }),
  tlsCert: z
    .string()
    .optional()
    .meta({ description: "certificate (PEM), for https and wss", placeholder: "file" }),
  tlsKey: z.string().optional().meta({ description: "its private key (PEM)", placeholder: "file" }),
};

export interface ServerRequest {
  readonly host: string;
  readonly port: number;
  readonly token?: string | undefined;
  readonly allowOrigin: readonly string[];
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
}

/** Server options from flags. Throws `UsageError` where only half of the TLS files is named, and what reading throws. */
export async function serverOptions(request: ServerRequest): Promise<LiveServerOptions> {
  const { host, port, token, allowOrigin, tlsCert, tlsKey } = request;
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new UsageError("TLS needs a certificate and a key.", "Give both --tls-cert and --tls-key.");
  const tls =
    tlsCert === undefined || tlsKey === undefined
      ? undefined
      : { cert: Buffer.from(await readBytes(tlsCert)), key: Buffer.from(await readBytes(tlsKey)) };
  return { host, port, token, origins: allowOrigin, tls };
}
