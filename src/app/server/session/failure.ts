import { ContrappostoError, errorMessage, UsageError } from "../../../common/index.ts";
import { RefusedError } from "../../../wire/index.ts";
import type { Failure, FromSession } from "./session-link.ts";

/** An error in a form that crosses between threads. */
export function failureOf(error: unknown): Failure {
  if (error instanceof RefusedError)
    return { code: error.reason, problem: error.problem, remedy: error.remedy };
  if (error instanceof ContrappostoError) {
    const code = error instanceof UsageError ? "BAD_VALUE" : "FAILED";
    return { code, problem: error.problem, remedy: error.remedy };
  }
  return {
    code: "FAILED",
    problem: errorMessage(error),
    remedy: "This is a fault of Contrapposto's: report it.",
  };
}

/** Does what a numbered request asks for; the answer says whether it could be done, and what came of it. */
export async function answerTo(id: number, work: () => unknown): Promise<FromSession & { op: "answer" }> {
  try {
    const value = await work();
    return { op: "answer", id, ...(value === undefined ? {} : { value }) };
  } catch (error) {
    return { op: "answer", id, failure: failureOf(error) };
  }
}

/** The error that crossed. */
export function errorOf({ code, problem, remedy }: Failure): ContrappostoError {
  return code === "BAD_VALUE" ? new UsageError(problem, remedy) : new RefusedError(code, problem, remedy);
}
