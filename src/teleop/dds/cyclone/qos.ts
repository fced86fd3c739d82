import type { CycloneLibrary } from "./library.ts";

/** What we ask of a reader or writer beyond Cyclone's defaults. */
export interface Qos {
  /** A reader that says no matches every writer; a writer that says yes matches every reader. */
  readonly reliable: boolean;
  /** Samples kept for who is slow; the newest. */
  readonly depth: number;
}

const KEEP_LAST = 0;
/** A slow reliable reader may hold a writer up for this long, ns. */
const MAX_BLOCKING_NS = 1_000_000;

/** Hands `use` a quality of service, which is freed afterwards. */
export function withQos<T>(library: CycloneLibrary, { reliable, depth }: Qos, use: (qos: bigint) => T): T {
  const qos = library.createQos();
  try {
    library.setHistory(qos, KEEP_LAST, depth);
    library.setReliability(qos, reliable ? 1 : 0, MAX_BLOCKING_NS);
    return use(qos);
  } finally {
    library.deleteQos(qos);
  }
}
