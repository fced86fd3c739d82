import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BadNetwork } from "../../bench/faults/network-cases.ts";
import { finished, PROGRAM, ROOT } from "../support/run-cli.ts";
import { BridgeProcess } from "./support/bridge-process.ts";
import { because } from "./support/dds-presence.ts";
import { PatientEnvelope } from "./support/patient-envelope.ts";

const TOKEN = "correct horse";
const folder = mkdtempSync(join(tmpdir(), "contrapposto-tls-"));
const [CERT, KEY] = [join(folder, "cert.pem"), join(folder, "key.pem")];

const network = await BadNetwork.open(); // a good one, as nobody spoils it
const refusal =
  network.refusal ?? (spawnSync("openssl", ["version"]).status === 0 ? undefined : "there is no openssl");

describe(`a bridge that another machine reaches by TLS${because(refusal)}`, { retry: 1 }, () => {
  beforeAll(() => {
    if (refusal === undefined) certify();
  });
  afterAll(async () => {
    await network[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  it.skipIf(refusal !== undefined)(
    "is driven by a policy there that trusts its certificate and has its token, and by nobody else",
    async () => {
      using envelope = new PatientEnvelope("h1_2");
      const door = ["--host", network.host, "--tls-cert", CERT, "--tls-key", KEY, "--token", TOKEN];
      await using bridge = await BridgeProcess.start(...door, "--envelope", envelope.path);
      expect(bridge.url).toMatch(/^wss:/);
      const [wrong, unknown, plain] = await Promise.all([
        play(bridge.url, "wrong horse"),
        play(bridge.url, TOKEN, "/dev/null"),
        play(bridge.url.replace("wss:", "ws:"), TOKEN),
      ]);
      expect(wrong).toMatchObject({ error: { code: "REFUSED" } });
      expect(unknown).toMatchObject({
        error: {
          code: "NO_ANSWER",
          problem: expect.stringContaining("self-signed certificate"),
          remedy: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
        },
      });
      expect(plain).toMatchObject({ error: { code: "NO_ANSWER" } });
      const right = await play(bridge.url, TOKEN);
      expect(right).toMatchObject({ phase: "running", fault: "none", refusal: "none", seconds: 1 });
    },
    90_000,
  );
});

/** Makes a certificate of our own for the bridge's address. */
function certify(): void {
  const names = ["-subj", "/CN=robot", "-addext", `subjectAltName=IP:${network.host}`, "-days", "2"];
  const made = spawnSync("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", KEY, "-out", CERT],
    ...names,
  ]);
  if (made.status !== 0) throw new Error(String(made.stderr));
}

/** What `play` on another machine says, which trusts one certificate beside those of the world. */
async function play(url: string, token: string, trusted = CERT): Promise<object> {
  const words = ["play", "--headless", "--json", "--seconds", "1", "--link", url, "--token", token];
  const inside = ["netns", "exec", network.namespace, process.execPath, PROGRAM, ...words];
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: trusted };
  const { stdout } = await finished(spawn("ip", inside, { cwd: ROOT, stdio: "pipe", env }));
  return JSON.parse(stdout) as object;
}
