import type { Sample, WireClient } from "../../wire/index.ts";
import type { LivePicture } from "./live-picture.ts";
import type { HostReport } from "./messages.ts";
import type { CandidateFuture, Futures, Pictures } from "./vla-messages.ts";

const OUTCOMES = ["running", "succeeded", "failed", "timed out"] as const;

/** What a server tells of a VLA at work, for the page. */
export class LiveVla {
  readonly #client: WireClient;
  readonly #report: (report: HostReport) => void;
  readonly #picture: () => LivePicture | undefined;
  #isWatching = false;

  constructor(
    client: WireClient,
    report: (report: HostReport) => void,
    picture: () => LivePicture | undefined,
  ) {
    this.#client = client;
    this.#report = report;
    this.#picture = picture;
    client.on("vla", (vla) => report({ op: "vla", vla }));
    client.on("decision", (decision) => report({ op: "decision", decision }));
    client.on("layout", () => this.arrange());
  }

  /** A world can be seen: puts its things where the server has them, and watches what the model does in it. */
  opened(): void {
    this.arrange();
    if (this.#isWatching || this.#client.last("world")?.kind !== "vla") return;
    this.#isWatching = true;
    this.#client.subscribe("pictures", (sample) =>
      this.#report({
        op: "pictures",
        pictures: picturesOf(sample, this.#client.last("vla")?.model.cameras ?? []),
      }),
    );
    this.#client.subscribe("futures", (sample) => {
      const picture = this.#picture();
      if (picture !== undefined) this.#report({ op: "futures", futures: futuresOf(sample, picture) });
    });
  }

  /** Things that no joint moves, and colours. */
  arrange(): void {
    const layout = this.#client.last("layout");
    const picture = this.#picture();
    if (layout === undefined || picture?.worldId !== this.#client.last("world")?.worldId) return;
    this.#report({ op: "paint", painting: picture?.arrange(layout) ?? [] });
  }
}

/** Numbers of 65536 r + 256 g + b as pictures. */
export function picturesOf(
  sample: Sample,
  cameras: readonly { readonly name: string; readonly width: number; readonly height: number }[],
): Pictures {
  return cameras
    .filter(({ name }) => sample.reader.has(name))
    .map((camera) => ({ ...camera, rgba: unpacked(sample.field(camera.name)) }));
}

function unpacked(values: Float32Array): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(4 * values.length);
  for (let i = 0; i < values.length; i++) {
    rgba[4 * i] = (values[i] / 65536) & 255;
    rgba[4 * i + 1] = (values[i] / 256) & 255;
    rgba[4 * i + 2] = values[i] & 255;
    rgba[4 * i + 3] = 255;
  }
  return rgba;
}

/** Rows of `futures` by candidate. The picture's robot has to be placed again afterwards. */
function futuresOf(sample: Sample, picture: LivePicture): Futures {
  const byCandidate = new Map<number, number[]>();
  for (let row = 0; row < sample.rows; row++) {
    const index = sample.field("candidate", row)[0];
    byCandidate.set(index, [...(byCandidate.get(index) ?? []), row]);
  }
  const candidates = [...byCandidate].map(([index, own]): CandidateFuture => {
    const last = own[own.length - 1];
    const hands = own.flatMap((row) => [...sample.field("left", row), ...sample.field("right", row)]);
    return {
      index,
      hands: Float32Array.from(hands),
      poses: picture.posesAt(sample.field("qpos", last)),
      outcome: OUTCOMES[sample.field("outcome", last)[0]] ?? "running",
    };
  });
  return { decision: sample.rows > 0 ? sample.field("decision")[0] : -1, candidates };
}
