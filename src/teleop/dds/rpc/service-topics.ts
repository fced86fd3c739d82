import type { Topic } from "../cyclone/participant.ts";
import { apiRequest, apiResponse } from "../messages/unitree-api.ts";

/** A service's two topics. */
export function serviceTopics(service: string): { readonly request: Topic; readonly response: Topic } {
  return {
    request: { name: `rt/api/${service}/request`, type: apiRequest },
    response: { name: `rt/api/${service}/response`, type: apiResponse },
  };
}

/** A call, as the server sees it. */
export interface ApiRequest {
  /** Chosen by the caller; the answer repeats it. */
  readonly id: bigint;
  readonly apiId: number;
  /** True where the caller wants no answer. */
  readonly noReply: boolean;
  /** JSON, possibly empty. */
  readonly parameter: string;
}

/** An answer, as the caller sees it. */
export interface ApiResponse {
  readonly id: bigint;
  readonly apiId: number;
  /** 0 = done. */
  readonly code: number;
  /** JSON, possibly empty. */
  readonly data: string;
}
