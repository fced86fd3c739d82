import WebSocket from "ws";
import { RemotePolicyError } from "../errors.ts";
import { decodeNumpyMessage, encodeNumpyMessage, type NumpyValue } from "./numpy-message.ts";

type Message = Readonly<Record<string, NumpyValue>>;

export interface PolicyClientOptions {
  /** Such as "ws://robot:8000". */
  readonly url: string;
  readonly apiKey?: string | undefined;
  /** For the connection, and for each answer. */
  readonly timeoutMs: number;
}

/**
 * A client of openpi's WebSocket policy protocol. It connects when it is first asked, and again after a connection was
 * lost. An answer that comes too late ends the connection, since the protocol has no request numbers by which a stale
 * answer could be told from the next one. One request at a time.
 */
export class PolicyClient implements Disposable {
  readonly #options: PolicyClientOptions;
  #connection: Promise<Connection> | undefined;
  #isBusy = false;

  constructor(options: PolicyClientOptions) {
    this.#options = options;
  }

  /** What the server says of itself. */
  async metadata(): Promise<Message> {
    return (await this.#connect()).metadata;
  }

  /** Sends an observation and waits for the reply. Throws `RemotePolicyError` with the server's words where it failed. */
  async infer(observation: Message): Promise<Message> {
    if (this.#isBusy)
      throw new RemotePolicyError("A request is under way.", "Wait for its answer before the next one.");
    this.#isBusy = true;
    try {
      const { socket } = await this.#connect();
      socket.send(encodeNumpyMessage(observation));
      return await nextMessage(socket, this.#options.timeoutMs);
    } catch (error) {
      await this.#drop();
      throw error;
    } finally {
      this.#isBusy = false;
    }
  }

  [Symbol.dispose](): void {
    void this.#drop();
  }

  async #connect(): Promise<Connection> {
    this.#connection ??= open(this.#options);
    try {
      const connection = await this.#connection;
      if (connection.socket.readyState === WebSocket.OPEN) return connection;
      this.#connection = open(this.#options);
      return await this.#connection;
    } catch (error) {
      this.#connection = undefined;
      throw error;
    }
  }

  async #drop(): Promise<void> {
    const old = this.#connection;
    this.#connection = undefined;
    const connection = await old?.catch(() => undefined); // it failed to open, so there is nothing to close
    connection?.socket.terminate();
  }
}

interface Connection {
  readonly socket: WebSocket;
  readonly metadata: Message;
}

async function open({ url, apiKey, timeoutMs }: PolicyClientOptions): Promise<Connection> {
  const socket = new WebSocket(url, {
    perMessageDeflate: false,
    maxPayload: 0,
    handshakeTimeout: timeoutMs,
    ...(apiKey === undefined ? {} : { headers: { Authorization: `Api-Key ${apiKey}` } }),
  });
  socket.on("error", () => {}); // told by nextMessage; without a listener Node would end the process
  try {
    return { socket, metadata: await nextMessage(socket, timeoutMs) };
  } catch (error) {
    socket.terminate();
    throw error;
  }
}

function nextMessage(socket: WebSocket, timeoutMs: number): Promise<Message> {
  return new Promise((resolve, reject) => {
    const failed = (problem: string, remedy: string, cause?: unknown) => {
      stop();
      reject(new RemotePolicyError(problem, remedy, { cause }));
    };
    const onMessage = (data: Buffer, isBinary: boolean) => {
      if (!isBinary)
        return failed(
          `The policy server failed: ${data.toString().trim()}.`,
          "Mend the request or the server.",
        );
      stop();
      try {
        resolve(decodeNumpyMessage(data) as Message);
      } catch (error) {
        reject(error);
      }
    };
    const onClose = (code: number) =>
      failed(`The policy server ended the connection (${code}).`, "Try again.");
    const onError = (error: Error) =>
      failed(`The policy server cannot be reached: ${error.message}.`, "Check address and key.", error);
    const timer = setTimeout(
      () => failed(`The policy server did not answer within ${timeoutMs} ms.`, "Allow more time."),
      timeoutMs,
    );
    const stop = () => {
      clearTimeout(timer);
      socket.off("message", onMessage).off("close", onClose).off("error", onError);
    };
    socket.on("message", onMessage).on("close", onClose).on("error", onError);
  });
}
