import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { isLoopback, needsToken } from "../../../src/app/server/doorkeeper.ts";
import { serverOptions } from "../../../src/app/server/server-flags.ts";
import { RefusedError } from "../../../src/wire/index.ts";
import { BareSocket, FixtureHub } from "../../wire/fixture-hub.ts";

/** Status of an upgrade that is refused, or 101. */
function upgrade(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { headers });
    socket.on("open", () => {
      socket.terminate();
      resolve(101);
    });
    socket.on("unexpected-response", (_, { statusCode }) => resolve(statusCode ?? 0));
    socket.on("error", () => {});
  });
}

function status(port: number, path: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on("error", reject)
      .end();
  });
}

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

/** A certificate of our own for this machine, and its key. */
function certificate(): { cert: string; key: string } {
  const folder = mkdtempSync(join(tmpdir(), "contrapposto-tls-"));
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const subject = ["-subj", "/CN=127.0.0.1", "-days", "2"];
  const made = spawnSync("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert],
    ...subject,
  ]);
  if (made.status !== 0) throw new Error(String(made.stderr));
  const pair = { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
  rmSync(folder, { recursive: true });
  return pair;
}

describe("the door", () => {
  it("is shut to pages of another origin and to foreign names for this machine", async () => {
    await using hub = await FixtureHub.open({ origins: ["http://friend.example"] });
    const { socketUrl, port } = hub.server;
    expect(await upgrade(socketUrl, { Origin: "http://evil.example" })).toBe(403);
    expect(await upgrade(socketUrl, { Origin: "null" })).toBe(403);
    expect(
      await upgrade(socketUrl, { Host: `evil.example:${port}`, Origin: `http://evil.example:${port}` }),
    ).toBe(403);
    expect(await upgrade(socketUrl, { Origin: "http://friend.example" })).toBe(101);
    expect(await upgrade(socketUrl, { Origin: `http://127.0.0.1:${port}` })).toBe(101);
    expect(await upgrade(socketUrl, {})).toBe(101);
    expect(await upgrade(socketUrl.replace("/ws", "/elsewhere"), {})).toBe(404);
    expect(await status(port, "/", { Host: "rebound.example" })).toBe(403);
  });

  it("asks machines that are not this one for the token", async () => {
    const rules = { host: "0.0.0.0", token: "open sesame", origins: [] };
    const from = (remoteAddress: string, headers = {}) =>
      needsToken({ socket: { remoteAddress }, headers } as never, rules);
    expect(from("192.168.1.9")).toBe(true);
    expect(from("127.0.0.1", { "x-forwarded-for": "192.168.1.9" })).toBe(true);
    expect(from("::ffff:127.0.0.1")).toBe(false);
    expect(["127.0.0.1", "127.8.8.8", "::1", "localhost"].every(isLoopback)).toBe(true);
    expect(["0.0.0.0", "10.0.0.1", "localhost.evil.example", "127.0.0.1.evil.example"].some(isLoopback)).toBe(
      false,
    );
  });

  it("lets a connection that needs the token in by the right one alone", async () => {
    await using hub = await FixtureHub.open({ token: "open sesame" });
    const forwarded = { "X-Forwarded-For": "192.168.1.9" };
    const bare = new BareSocket(hub.server.socketUrl, forwarded);
    await new Promise((resolve) => bare.socket.once("open", resolve));
    bare.say({ op: "hello", versions: [1], name: "wrong", token: "open sesam" });
    expect(await bare.closed).toBe(4401);
    const right = new BareSocket(hub.server.socketUrl, forwarded);
    await new Promise((resolve) => right.socket.once("open", resolve));
    right.say({ op: "hello", versions: [1], name: "right", token: "open sesame", extra: 1 });
    right.say({ op: "hello", versions: [1], name: "right", token: "open sesame" });
    await new Promise((resolve) => right.socket.once("message", resolve));
    right.socket.close();
    expect(await status(hub.server.port, "/api/x", forwarded)).toBe(401);
    expect(await status(hub.server.port, "/api/x?token=open%20sesame", forwarded)).toBe(404);
  });

  it("answers paths that are none without coming to harm", async () => {
    await using hub = await FixtureHub.open();
    for (const path of ["//", "/%", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/\u0001"])
      expect(await status(hub.server.port, path).catch(() => 400)).toBeGreaterThanOrEqual(400);
    const client = await hub.client("still here");
    expect(client.status).toBe("open");
  });

  it.skipIf(!hasOpenssl)("speaks TLS where it has a certificate, and nothing else then", async () => {
    await using hub = await FixtureHub.open({ tls: certificate() });
    expect(hub.server.url).toMatch(/^https:/);
    expect(hub.server.socketUrl).toMatch(/^wss:/);
    const secure = new WebSocket(hub.server.socketUrl, "contrapposto", { rejectUnauthorized: false });
    await once(secure, "open");
    secure.send(JSON.stringify({ op: "hello", versions: [1], name: "secure" }));
    const [first] = await once(secure, "message");
    expect(JSON.parse(String(first))).toMatchObject({ op: "welcome" });
    const same = `https://127.0.0.1:${hub.server.port}`;
    const page = new WebSocket(hub.server.socketUrl, { rejectUnauthorized: false, origin: same });
    await once(page, "open");
    secure.terminate();
    page.terminate();
    const plain = new WebSocket(hub.server.socketUrl.replace("wss:", "ws:"));
    await once(plain, "error");
  });

  it("names what is missing where only half of the TLS files is given", async () => {
    const request = { host: "127.0.0.1", port: 0, allowOrigin: [], tlsCert: "cert.pem" };
    await expect(serverOptions(request)).rejects.toThrow("certificate and a key");
  });

  it("tells a client with a wrong version or no server why", async () => {
    await using hub = await FixtureHub.open({ hub: { maxClients: 1 } });
    await hub.client("first");
    const late = await BareSocket.greet(hub.server.socketUrl);
    expect(await late.closed).toBe(4503);
    expect(late.texts[0]).toMatchObject({ code: "FULL" });
    expect(new RefusedError("FULL", "a", "b").reason).toBe("FULL");
  });
});
