import { execFile } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { Rng } from "../../../src/common/index.ts";
import { FixedNoise } from "../../../src/vla/noise-bank.ts";
import {
  decodeNumpyMessage,
  encodeNumpyMessage,
  type NumpyValue,
} from "../../../src/vla/remote/numpy-message.ts";
import { PolicyClient } from "../../../src/vla/remote/policy-client.ts";
import { PolicyServer, type PolicyServerOptions } from "../../../src/vla/remote/policy-server.ts";
import { serveVla } from "../../../src/vla/remote/serve-vla.ts";
import { SmallVla } from "../../../src/vla/small/small-vla.ts";
import { toyScene } from "../support/toy-demos.ts";
import { toyModel, toyObservation } from "../support/toy-model.ts";

const run = promisify(execFile);
const hasOfficialClient = await run("python3", ["-c", "import openpi_client.websocket_client_policy"]).then(
  () => true,
  () => false,
);

const image = { data: new Uint8Array(12).fill(7), shape: [2, 2, 3] };

function listen(overrides: Partial<PolicyServerOptions> = {}): Promise<PolicyServer> {
  return PolicyServer.listen({
    host: "127.0.0.1",
    port: 0,
    metadata: { robot: "toy" },
    infer: async ({ prompt, "observation/image": picture }) => {
      if (prompt === undefined) throw new Error("no prompt");
      const sum = (picture as typeof image).data.reduce((a, b) => a + b, 0);
      return { actions: { data: Float32Array.of(sum, 1, 2, 3, 4, 5), shape: [2, 3] } };
    },
    now: () => performance.now(),
    ...overrides,
  });
}

const clientOf = (server: PolicyServer, timeoutMs = 5000, apiKey?: string) =>
  new PolicyClient({ url: `ws://127.0.0.1:${server.port}`, timeoutMs, apiKey });

describe("a message", () => {
  it("has arrays byte for byte as openpi packs them", () => {
    const bytes = encodeNumpyMessage({ data: Float32Array.of(0, 1, 2, 3, 4, 5), shape: [2, 3] });
    const values = Buffer.from(Float32Array.of(0, 1, 2, 3, 4, 5).buffer).toString("hex");
    // From the reference: 84, then binary keys in numpy's order.
    expect(Buffer.from(bytes).toString("hex")).toBe(
      `84c40b5f5f6e6461727261795f5fc3c40464617461c418${values}c4056474797065a33c6634c40573686170659202` +
        "03",
    );
    expect(encodeNumpyMessage({})).toEqual(Uint8Array.of(0x80));
  });

  it("comes back as it went, unaligned data included", () => {
    const message: NumpyValue = {
      a: { data: Float64Array.of(1.5, -2), shape: [2] },
      "observation/image": image,
      deep: { list: [1, "two", null, true, 2.5], i: { data: Int32Array.of(3), shape: [] } },
      ...Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, i])),
    };
    expect(decodeNumpyMessage(encodeNumpyMessage(message))).toEqual(message);
  });

  it("is refused where it is damaged", () => {
    expect(() => decodeNumpyMessage(Uint8Array.of(0xc1))).toThrow("not MessagePack");
    const broken = encodeNumpyMessage({ data: Float32Array.of(1, 2), shape: [3] });
    expect(() => decodeNumpyMessage(broken)).toThrow("another size");
  });
});

describe("server and client", () => {
  it("exchange metadata, observations and timed replies", async () => {
    await using server = await listen();
    using client = clientOf(server);
    expect(await client.metadata()).toEqual({ robot: "toy" });
    const first = await client.infer({ prompt: "go", "observation/image": image });
    expect(first.actions).toEqual({ data: Float32Array.of(84, 1, 2, 3, 4, 5), shape: [2, 3] });
    expect(Object.keys(first.server_timing as object)).toEqual(["infer_ms"]);
    const second = await client.infer({ prompt: "go", "observation/image": image });
    expect(Object.keys(second.server_timing as object)).toEqual(["infer_ms", "prev_total_ms"]);
  });

  it("answers its health check", async () => {
    await using server = await listen();
    const response = await fetch(`http://127.0.0.1:${server.port}/healthz`);
    expect([response.status, await response.text(), response.headers.get("content-type")]).toEqual([
      200,
      "OK\n",
      "text/plain",
    ]);
  });

  it("tell an error in a text frame, end with 1011, and go on with a new connection", async () => {
    await using server = await listen();
    using client = clientOf(server);
    await expect(client.infer({ "observation/image": image })).rejects.toThrow("no prompt");
    const after = await client.infer({ prompt: "go", "observation/image": image });
    expect(after.actions).toBeDefined();
    const raw = new WebSocket(`ws://127.0.0.1:${server.port}`);
    const code = await new Promise((resolve) => {
      raw.on("open", () => raw.send("text"));
      raw.on("close", resolve);
    });
    expect(code).toBe(1011);
  });

  it("demand the key where there is one", async () => {
    await using server = await listen({ apiKey: "secret" });
    using stranger = clientOf(server);
    await expect(stranger.metadata()).rejects.toThrow("401");
    using friend = clientOf(server, 5000, "secret");
    expect(await friend.metadata()).toEqual({ robot: "toy" });
  });

  it("never take a late answer for the next one", async () => {
    let release: (() => void) | undefined;
    let calls = 0;
    await using server = await listen({
      infer: async () => {
        const call = ++calls;
        if (call === 1)
          await new Promise<void>((resolve) => {
            release = resolve;
          });
        return { actions: { data: Float32Array.of(call), shape: [1, 1] } };
      },
    });
    using client = clientOf(server, 200);
    await expect(client.infer({ prompt: "a" })).rejects.toThrow("within 200 ms");
    release?.();
    expect((await client.infer({ prompt: "b" })).actions).toMatchObject({ data: Float32Array.of(2) });
  });

  it("outlives a client that does not speak WebSocket as it should", async () => {
    await using server = await listen();
    const rude = new WebSocket(`ws://127.0.0.1:${server.port}`);
    rude.on("error", () => {});
    await once(rude, "open");
    (rude as unknown as { _socket: Socket })._socket.write(Buffer.from([0xff, 0xff, 0xff]));
    await once(rude, "close");
    using client = clientOf(server);
    expect(await client.metadata()).toEqual({ robot: "toy" });
  });

  it("say which port is taken", async () => {
    await using server = await listen();
    await expect(listen({ port: server.port })).rejects.toThrow(`Port ${server.port} on 127.0.0.1 is taken.`);
  });

  it("leave no connection behind where the server says nothing", async () => {
    const mute = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    await once(mute, "listening");
    using client = new PolicyClient({
      url: `ws://127.0.0.1:${(mute.address() as AddressInfo).port}`,
      timeoutMs: 100,
    });
    const left = once(mute, "connection").then(([socket]) => once(socket as WebSocket, "close"));
    await expect(client.metadata()).rejects.toThrow("within 100 ms");
    await left;
    mute.close();
  });
});

describe("a served VLA", () => {
  it("adds candidates and features when several samples are asked for", async () => {
    using model = await SmallVla.load(await toyModel({ denoisingSteps: 2 }));
    await using server = await listen({ infer: serveVla(model, new FixedNoise(1)) });
    using client = clientOf(server);
    const { images, instruction, proprioception } = toyObservation(toyScene(new Rng(1)));
    const observation = {
      prompt: instruction,
      "observation/top": { data: images.top.rgb, shape: [16, 16, 3] },
      "observation/state": { data: Float64Array.from(proprioception), shape: [2] },
    };
    const one = await client.infer(observation);
    expect(one.actions).toMatchObject({ shape: [8, 2] });
    expect(one.candidates).toBeUndefined();
    const five = await client.infer({ ...observation, n_samples: 5 });
    expect(five.candidates).toMatchObject({ shape: [5, 8, 2] });
    expect(five.features).toMatchObject({ shape: [5, model.spec.featureSize] });
    await expect(client.infer({ ...observation, n_samples: 0 })).rejects.toThrow("n_samples");
  });
});

describe.skipIf(!hasOfficialClient)(
  "openpi's own Python client (skips where openpi-client is not installed)",
  () => {
    it("packs as we do, and gets its answer from our server", async () => {
      await using server = await listen();
      const script = `
import numpy as np
from openpi_client import msgpack_numpy, websocket_client_policy
value = {"prompt": "go", "observation/image": np.full((2, 2, 3), 7, np.uint8), "state": np.arange(3, dtype=np.float64), "n": 300, "x": 0.5}
print(msgpack_numpy.packb(value).hex())
policy = websocket_client_policy.WebsocketClientPolicy("127.0.0.1", ${server.port})
reply = policy.infer(value)
print(policy.get_server_metadata()["robot"], reply["actions"].dtype, reply["actions"].shape, reply["actions"][0, 0], type(reply["server_timing"]["infer_ms"]).__name__)
try:
    policy.infer({"observation/image": value["observation/image"]})
except RuntimeError as error:
    print("error", "no prompt" in str(error))
`;
      const { stdout } = await run("python3", ["-c", script], { timeout: 30_000 });
      const [packed, answer, error] = stdout.trim().split("\n");
      const ours = encodeNumpyMessage({
        prompt: "go",
        "observation/image": image,
        state: { data: Float64Array.of(0, 1, 2), shape: [3] },
        n: 300,
        x: 0.5,
      });
      expect(packed).toBe(Buffer.from(ours).toString("hex"));
      expect(answer).toBe("toy float32 (2, 3) 84.0 float");
      expect(error).toBe("error True");
    });
  },
);
