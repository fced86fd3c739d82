import type { Participant } from "../cyclone/participant.ts";
import { MessageReader, MessageWriter } from "./message-queue.ts";
import { type ApiRequest, type ApiResponse, serviceTopics } from "./service-topics.ts";

/** What a procedure answers. */
export interface Answer {
  readonly code: number;
  readonly data: string;
}

/** The serving side of a Unitree service. */
export class ServiceServer {
  readonly #requests: MessageReader<ApiRequest>;
  readonly #responses: MessageWriter;
  readonly #answer: (request: ApiRequest) => Answer;

  constructor(participant: Participant, service: string, answer: (request: ApiRequest) => Answer) {
    const topics = serviceTopics(service);
    this.#requests = new MessageReader(participant, topics.request, readRequest);
    this.#responses = new MessageWriter(participant, topics.response);
    this.#answer = answer;
  }

  /** Answers every call that has arrived. */
  serve(): void {
    for (;;) {
      const request = this.#requests.take();
      if (request === undefined) return;
      const { code, data } = this.#answer(request);
      if (!request.noReply) this.#reply(request, code, data);
    }
  }

  #reply({ id, apiId }: ApiRequest, code: number, data: string): void {
    this.#responses.write(data, RESPONSE.data, (sample) => {
      sample.setBigInt64(0, id, true);
      sample.setBigInt64(8, BigInt(apiId), true);
      sample.setInt32(RESPONSE.code, code, true);
    });
  }
}

/** The calling side of a Unitree service. */
export class ServiceClient {
  readonly #requests: MessageWriter;
  readonly #responses: MessageReader<ApiResponse>;
  #lastId: bigint;

  /** @param firstId differs from that of other callers, since all read one topic of answers */
  constructor(participant: Participant, service: string, firstId: bigint) {
    const topics = serviceTopics(service);
    this.#requests = new MessageWriter(participant, topics.request);
    this.#responses = new MessageReader(participant, topics.response, readResponse);
    this.#lastId = firstId;
  }

  /** Whether somebody serves. */
  get isServed(): boolean {
    return this.#requests.readers > 0 && this.#responses.writers > 0;
  }

  /** Calls a procedure; the answer comes out of `poll`. Returns the call's identity. */
  call(apiId: number, parameter: string): bigint {
    const id = ++this.#lastId;
    this.#requests.write(parameter, REQUEST.parameter, (sample) => {
      sample.setBigInt64(0, id, true);
      sample.setBigInt64(8, BigInt(apiId), true);
    });
    return id;
  }

  /** The answer to that call if it has come; answers to other calls are dropped. */
  poll(id: bigint): ApiResponse | undefined {
    for (;;) {
      const response = this.#responses.take();
      if (response === undefined || response.id === id) return response;
    }
  }
}

// Offsets in the C structs of unitree_api; the layout test holds them.
const REQUEST = { noReply: 28, parameter: 32 } as const;
const RESPONSE = { code: 16, data: 24 } as const;

const readRequest: ConstructorParameters<typeof MessageReader<ApiRequest>>[2] = (
  sample,
  library,
  address,
) => ({
  id: sample.getBigInt64(0, true),
  apiId: Number(sample.getBigInt64(8, true)),
  noReply: sample.getUint8(REQUEST.noReply) !== 0,
  parameter: library.stringAt(address, REQUEST.parameter),
});

const readResponse: ConstructorParameters<typeof MessageReader<ApiResponse>>[2] = (
  sample,
  library,
  address,
) => ({
  id: sample.getBigInt64(0, true),
  apiId: Number(sample.getBigInt64(8, true)),
  code: sample.getInt32(RESPONSE.code, true),
  data: library.stringAt(address, RESPONSE.data),
});
