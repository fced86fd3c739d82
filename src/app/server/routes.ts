import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";
import { pipeline } from "node:stream/promises";
import { ContrappostoError } from "../../common/index.ts";
import type { PolicyComparison } from "../../policies/index.ts";
import { type World, worldModels, zipModels } from "../../sim/index.ts";
import { type Route, say } from "./live-server.ts";
import { worldPath } from "./session/describe-session.ts";
import { RECORDINGS_PATH } from "./session/session-recording.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mcap": "application/octet-stream",
  ".mjs": "text/javascript; charset=utf-8",
  ".onnx": "application/octet-stream",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webp": "image/webp",
  ".xml": "text/xml; charset=utf-8",
  ".zip": "application/zip",
};

/** Serves the files of a folder; "/" is its index.html. Names with a hash, below assets/, may be kept for ever. */
export function staticRoute(folder: string): Route {
  return async (request, response, { pathname }) => {
    if (request.method !== "GET" && request.method !== "HEAD") return false;
    const path = safePath(pathname === "/" ? "/index.html" : pathname);
    if (path === undefined) return false;
    const keeps = path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
    return await sendFile(request, response, join(folder, path), keeps);
  };
}

/** Routes that are still being made; requests wait for them. */
export function deferredRoute(routes: Promise<readonly Route[]>): Route {
  routes.catch(() => {}); // a request that comes is answered by the failure
  return async (request, response, url) => {
    for (const route of await routes) if (await route(request, response, url)) return true;
    return false;
  };
}

/** Serves the archives of worlds that are or were shown. */
export function worldsRoute(worlds: ReadonlyMap<string, World>): Route {
  const archives = new WeakMap<World, Uint8Array>();
  return (_, response, { pathname }) => {
    const found = [...worlds].find(([worldId]) => worldPath(worldId) === pathname);
    if (found === undefined) return false;
    const [, world] = found;
    const archive = archives.get(world) ?? zipModels(worldModels(world));
    archives.set(world, archive);
    response.writeHead(200, { "Content-Type": "application/zip", "Cache-Control": "private, max-age=3600" });
    response.end(archive);
    return true;
  };
}

/** Serves recordings that are complete. */
export function recordingsRoute(folder: string): Route {
  return async (request, response, { pathname }) => {
    const name = pathname.startsWith(RECORDINGS_PATH) ? pathname.slice(RECORDINGS_PATH.length) : "";
    return /^[\w-]+\.mcap$/.test(name) && (await sendFile(request, response, join(folder, name), "no-cache"));
  };
}

/** Serves the files that the page's local mode reads, below data/; they are made when one is first asked for. */
export function dataRoute(make: () => Promise<ReadonlyMap<string, Uint8Array>>): Route {
  let files: Promise<ReadonlyMap<string, Uint8Array>> | undefined;
  return async (_, response, { pathname }) => {
    if (!pathname.startsWith("/data/")) return false;
    files ??= make();
    const bytes = (await files).get(pathname.slice("/data/".length));
    if (bytes === undefined) return false;
    const type = TYPES[extname(pathname)] ?? "application/octet-stream";
    response.writeHead(200, { "Content-Type": type, "Cache-Control": "no-cache" }).end(bytes);
    return true;
  };
}

/** Largest policy file that is taken, bytes. */
const MOST_POLICY_BYTES = 64 * 1024 * 1024;

/** Takes policy files, and says what they would change. */
export function policiesRoute(shelve: (name: string, bytes: Uint8Array) => Promise<PolicyComparison>): Route {
  return async (request, response, { pathname, searchParams }) => {
    if (request.method !== "POST" || pathname !== "/api/policies") return false;
    const name = searchParams.get("name")?.replace(/\.(onnx|pt)$/, "") ?? "";
    if (!/^[\w .-]{1,80}$/.test(name))
      return answered(response, 400, "Name the policy: /api/policies?name=NAME.");
    const bytes = await bodyOf(request, MOST_POLICY_BYTES);
    if (bytes === undefined)
      return answered(response, 413, `A policy file has at most ${MOST_POLICY_BYTES} bytes.`);
    let comparison: PolicyComparison;
    try {
      comparison = await shelve(name, bytes);
    } catch (error) {
      if (!(error instanceof ContrappostoError)) throw error;
      return answered(response, 422, error.message);
    }
    response
      .writeHead(201, { "Content-Type": "application/json" })
      .end(JSON.stringify({ policy: name, ...comparison }));
    return true;
  };
}

/** The whole body of a request; undefined where it is too long. */
async function bodyOf(request: IncomingMessage, most: number): Promise<Uint8Array | undefined> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > most) return undefined;
    pieces.push(piece);
  }
  return new Uint8Array(Buffer.concat(pieces));
}

function answered(response: ServerResponse, status: number, text: string): true {
  say(response, status, text);
  return true;
}

async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: string,
  keeps: string,
): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true) return false;
  response.writeHead(200, {
    "Content-Type": TYPES[extname(file)] ?? "application/octet-stream",
    "Content-Length": found.size,
    "Cache-Control": keeps,
  });
  if (request.method === "HEAD") response.end();
  else await pipeline(createReadStream(file), response).catch(() => {}); // the client has left
  return true;
}

/** A path below a folder; undefined for one that would leave it or that names hidden files. */
function safePath(pathname: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  const path = normalize(decoded);
  return /(^|[/\\])\.|\0/.test(path) ? undefined : path;
}
