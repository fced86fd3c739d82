import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { errorMessage, UsageError } from "../../common/index.ts";
import { decodeNumpyMessage, encodeNumpyMessage, type NumpyValue } from "./numpy-message.ts";

type Message = Readonly<Record<string, NumpyValue>>;

export interface PolicyServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Sent to every client first; openpi's clients ignore what they do not know. */
  readonly metadata: Message;
  /** Answers one observation. It should compute elsewhere than on this thread (`InferenceSession` does). */
  readonly infer: (observation: Message) => Promise<Message>;
  /** Required as `Authorization: Api-Key <key>` where given. */
  readonly apiKey?: string | undefined;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

/** Code and words by which openpi's server ends a connection after an error. */
const ERROR_CODE = 1011;
const ERROR_REASON = "Internal server error. Traceback included in previous frame.";

/** A server of openpi's WebSocket policy protocol. Requests of all clients are answered one after the other. */
export class PolicyServer implements AsyncDisposable {
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  readonly #options: PolicyServerOptions;
  /** The tail of the queue in which requests wait for the model. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(options: PolicyServerOptions) {
    this.#options = options;
    this.#http = createServer((request, response) => {
      const isHealth = request.url === "/healthz";
      response.writeHead(isHealth ? 200 : 426, { "content-type": "text/plain" });
      response.end(isHealth ? "OK\n" : "Use a WebSocket.\n");
    });
    this.#sockets = new WebSocketServer({
      server: this.#http,
      perMessageDeflate: false,
      maxPayload: 0, // as openpi's: pictures of any size
      verifyClient: ({ req }: { req: IncomingMessage }) =>
        options.apiKey === undefined || req.headers.authorization === `Api-Key ${options.apiKey}`,
    });
    this.#sockets.on("connection", (socket) => this.#welcome(socket));
    this.#sockets.on("error", () => {}); // errors of the HTTP server, which `listen` tells of
  }

  /** Resolves when it listens. Throws `UsageError` where the address cannot be had. */
  static async listen(options: PolicyServerOptions): Promise<PolicyServer> {
    const server = new PolicyServer(options);
    await new Promise<void>((resolve, reject) => {
      server.#http.once("error", (cause: NodeJS.ErrnoException) => {
        const problem = cause.code === "EADDRINUSE" ? "is taken" : `cannot be had (${cause.code})`;
        const { host, port } = options;
        reject(
          new UsageError(`Port ${port} on ${host} ${problem}.`, "Choose another with --port.", { cause }),
        );
      });
      server.#http.listen(options.port, options.host, resolve);
    });
    return server;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  #welcome(socket: WebSocket): void {
    socket.on("error", () => {}); // frames that are none; a close follows
    socket.send(encodeNumpyMessage(this.#options.metadata));
    let previousTotalMs: number | undefined;
    socket.on("message", (data: Buffer, isBinary: boolean) => {
      const received = this.#options.now();
      const answer = async () => {
        try {
          const reply = await this.#answer(data, isBinary, received, previousTotalMs);
          socket.send(encodeNumpyMessage(reply));
          previousTotalMs = this.#options.now() - received;
        } catch (error) {
          socket.send(error instanceof Error ? (error.stack ?? error.message) : errorMessage(error));
          socket.close(ERROR_CODE, ERROR_REASON);
        }
      };
      this.#last = this.#last.then(answer);
    });
  }

  async #answer(
    data: Buffer,
    isBinary: boolean,
    received: number,
    previousTotalMs: number | undefined,
  ): Promise<Message> {
    if (!isBinary) throw new TypeError("A request is a binary frame.");
    const observation = decodeNumpyMessage(data) as Message;
    const begun = this.#options.now();
    const reply = await this.#options.infer(observation);
    const done = this.#options.now();
    return {
      ...reply,
      policy_timing: { infer_ms: float(done - begun) },
      server_timing: {
        infer_ms: float(done - received),
        ...(previousTotalMs === undefined ? {} : { prev_total_ms: float(previousTotalMs) }),
      },
    };
  }
}

/** A number that is encoded as a float: clients tell floats and integers apart. */
function float(value: number): number {
  return Number.isInteger(value) ? value + Number.EPSILON * Math.max(1, value) : value;
}
