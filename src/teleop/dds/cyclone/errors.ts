import { ContrappostoError } from "../../../common/index.ts";

/** DDS cannot be spoken here: koffi or Cyclone DDS is missing. All else works without them. */
export class DdsUnavailableError extends ContrappostoError {
  override readonly code = "DDS_UNAVAILABLE";

  constructor(missing: string, options?: ErrorOptions) {
    super(
      `DDS is not available: ${missing}.`,
      "Install Cyclone DDS 0.10.x (Debian: apt-get install libddsc0debian) and the npm package koffi; docs/unitree.md has other ways.",
      options,
    );
  }
}

/** The domain could not be opened as asked. Nothing was sent, on no interface. */
export class DdsDomainError extends ContrappostoError {
  override readonly code = "DDS_DOMAIN";
}

/** Cyclone DDS refused an operation. */
export class DdsError extends ContrappostoError {
  override readonly code = "DDS";
  /** Cyclone's return code, negative. */
  readonly returnCode: number;

  constructor(operation: string, returnCode: number) {
    super(
      `Cyclone DDS refused ${operation}: ${RETURN_CODES[-returnCode] ?? `return code ${returnCode}`}.`,
      "Its own log on stderr may say more; CYCLONEDDS_URI plays no part here.",
    );
    this.returnCode = returnCode;
  }
}

/** Names of dds_return_t by absolute value. */
const RETURN_CODES: readonly (string | undefined)[] = [
  undefined,
  "non-specific error",
  "unsupported",
  "bad parameter",
  "precondition not met",
  "out of resources",
  "not enabled",
  "immutable policy",
  "inconsistent policy",
  "already deleted",
  "timeout",
  "no data",
  "illegal operation",
];
