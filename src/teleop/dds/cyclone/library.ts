import type { LibraryHandle } from "koffi";
import { errorMessage } from "../../../common/index.ts";
import { DdsUnavailableError } from "./errors.ts";

/** The few functions of Cyclone DDS 0.10's C API that we call. Entities are positive handles; negative results are errors. */
export interface CycloneLibrary {
  createDomain(id: number, config: string): number;
  createParticipant(domain: number, qos: null, listener: null): number;
  createTopic(participant: number, descriptor: Uint8Array, name: string, qos: null, listener: null): number;
  createReader(participant: number, topic: number, qos: bigint, listener: null): number;
  createWriter(participant: number, topic: number, qos: bigint, listener: null): number;
  createQos(): bigint;
  setHistory(qos: bigint, kind: number, depth: number): void;
  setReliability(qos: bigint, kind: number, maxBlockingNs: number): void;
  deleteQos(qos: bigint): void;
  write(writer: number, sample: Uint8Array): number;
  take(reader: number, samples: Uint8Array, infos: Uint8Array, capacity: number, count: number): number;
  returnLoan(reader: number, samples: Uint8Array, count: number): number;
  matchedReaders(writer: number, handles: null, capacity: number): number;
  matchedWriters(reader: number, handles: null, capacity: number): number;
  deleteEntity(entity: number): number;
  /** Where a buffer's bytes are. The buffer must not be small enough to live on the JavaScript heap. */
  addressOf(bytes: Uint8Array): bigint;
  /** The C string at `offset` from an address that holds a pointer to it. */
  stringAt(address: bigint, offset: number): string;
  /** A window onto foreign memory, valid while its owner keeps it. */
  memoryAt(address: bigint, length: number): DataView;
}

/** Names under which Cyclone DDS 0.10 is installed: Debian's, upstream's on Linux and on macOS. */
const LIBRARY_NAMES = ["libddsc.so.0debian", "libddsc.so.0", "libddsc.0.dylib"] as const;

/** Loads Cyclone DDS. Throws `DdsUnavailableError` where koffi or the library is missing or of another version. */
export async function loadCyclone(names: readonly string[] = LIBRARY_NAMES): Promise<CycloneLibrary> {
  const koffi = await importKoffi();
  const library = openFirst((name) => {
    pin(koffi, name);
    return koffi.load(name);
  }, names);
  const bind = <F>(definition: string): F => library.func(definition) as F;
  try {
    bind("void dds_free_typeinfo(void *info)"); // new in 0.10, whose descriptors and serialisers we write
    return {
      createDomain: bind("int32_t dds_create_domain(uint32_t domain, const char *config)"),
      createParticipant: bind("int32_t dds_create_participant(uint32_t domain, void *qos, void *listener)"),
      createTopic: bind(
        "int32_t dds_create_topic(int32_t participant, void *descriptor, const char *name, void *qos, void *listener)",
      ),
      createReader: bind(
        "int32_t dds_create_reader(int32_t participant, int32_t topic, void *qos, void *listener)",
      ),
      createWriter: bind(
        "int32_t dds_create_writer(int32_t participant, int32_t topic, void *qos, void *listener)",
      ),
      createQos: bind("void *dds_create_qos()"),
      setHistory: bind("void dds_qset_history(void *qos, int kind, int32_t depth)"),
      setReliability: bind("void dds_qset_reliability(void *qos, int kind, int64_t max_blocking)"),
      deleteQos: bind("void dds_delete_qos(void *qos)"),
      write: bind("int32_t dds_write(int32_t writer, void *data)"),
      take: bind(
        "int32_t dds_take(int32_t reader, void *samples, void *infos, size_t capacity, uint32_t count)",
      ),
      returnLoan: bind("int32_t dds_return_loan(int32_t reader, void *samples, int32_t count)"),
      matchedReaders: bind("int32_t dds_get_matched_subscriptions(int32_t writer, void *handles, size_t n)"),
      matchedWriters: bind("int32_t dds_get_matched_publications(int32_t reader, void *handles, size_t n)"),
      deleteEntity: bind("int32_t dds_delete(int32_t entity)"),
      addressOf: (bytes) => koffi.address(bytes),
      stringAt: (address, offset) => koffi.decode(address, offset, "const char *") as string,
      memoryAt: (address, length) => new DataView(koffi.view(address, length)),
    };
  } catch (cause) {
    throw new DdsUnavailableError(`the library is not Cyclone DDS 0.10 (${errorMessage(cause)})`, { cause });
  }
}

/** The foreign function interface is an optional dependency. */
async function importKoffi(): Promise<typeof import("koffi")> {
  try {
    return await import("koffi");
  } catch (cause) {
    throw new DdsUnavailableError(`the package koffi does not load (${errorMessage(cause)})`, { cause });
  }
}

/**
 * Keeps a library mapped to the end of the process. koffi unloads it when its thread ends, and the thread's last act
 * would then be a call of Cyclone's own clean-up in memory that is no longer there.
 */
function pin(koffi: typeof import("koffi"), name: string): void {
  if (process.platform !== "linux") return;
  const open = koffi.load(null).func("void *dlopen(const char *name, int flags)") as PinFunction;
  open(name, RTLD_LAZY | RTLD_NODELETE);
}

type PinFunction = (name: string, flags: number) => bigint | null;
const RTLD_LAZY = 0x1;
const RTLD_NODELETE = 0x1000;

function openFirst(open: (name: string) => LibraryHandle, names: readonly string[]): LibraryHandle {
  let cause: unknown;
  for (const name of names) {
    try {
      return open(name);
    } catch (error) {
      cause = error;
    }
  }
  throw new DdsUnavailableError(`none of ${names.join(", ")} can be loaded`, { cause });
}

/** Bytes outside the JavaScript heap, at an address that stays. */
export function stableBytes(length: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(length));
}
