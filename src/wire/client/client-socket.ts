/** The part of a browser's WebSocket that the client needs; the package `ws` has it too. */
export interface ClientSocket {
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
}

/** `WebSocket` of a browser or of the package `ws`. */
export type ClientSocketConstructor = new (url: string, protocols: string[]) => ClientSocket;

/** What a link tells whoever uses it. */
export interface LinkEvents {
  open(): void;
  text(text: string): void;
  bytes(bytes: Uint8Array): void;
  /** Ended, by either side or because it never began; called once. `trouble` is what the platform says of it, or empty. */
  ended(code: number, trouble: string): void;
}

/** Code of a link that ended without a close frame. */
const ABNORMAL = 1006;

/** One WebSocket, which can be dropped at once, without waiting for a dead server to agree. */
export class Link {
  readonly #socket: ClientSocket;
  readonly #events: LinkEvents;
  #isEnded = false;
  #trouble = "";

  constructor(Socket: ClientSocketConstructor, url: string, protocol: string, events: LinkEvents) {
    this.#events = events;
    const socket = new Socket(url, [protocol]);
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => !this.#isEnded && events.open();
    socket.onmessage = ({ data }: { data: unknown }) => this.#receive(data);
    socket.onclose = ({ code }: { code: number }) => this.#end(code);
    socket.onerror = ({ message = "" }: { message?: string }) => {
      this.#trouble = message; // browsers say nothing; a close follows
    };
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (!this.#isEnded) this.#socket.send(data);
  }

  /** Closes in good order. */
  close(): void {
    this.#socket.close(1000);
    this.#end(1000);
  }

  /** Gives the socket up: nothing it still says is heard. */
  drop(): void {
    this.#socket.close();
    this.#end(ABNORMAL);
  }

  #receive(data: unknown): void {
    if (this.#isEnded) return;
    if (typeof data === "string") this.#events.text(data);
    else if (data instanceof ArrayBuffer) this.#events.bytes(new Uint8Array(data));
  }

  #end(code: number): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#events.ended(code, this.#trouble);
  }
}
