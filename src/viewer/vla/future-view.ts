import type { Futures, VlaDecision } from "../host/vla-messages.ts";
import type { Viewer } from "../page/viewer.ts";
import { FutureGhosts } from "./future-ghosts.ts";
import { FutureTrails, movingHands, type ShownFuture } from "./future-trails.ts";
import { SupportScale } from "./support-scale.ts";

/** The futures of the newest decision's candidates, in the world itself. */
export class FutureView {
  readonly #viewer: Viewer;
  readonly #trails = new FutureTrails();
  #ghosts: FutureGhosts | undefined;
  #decision: VlaDecision | undefined;
  #futures: Futures | undefined;

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
    viewer.stage.scene.add(this.#trails.group);
    viewer.link.on("scene", () => this.#enter());
    this.#enter();
  }

  /** A decision was made; its futures follow. */
  decided(decision: VlaDecision): void {
    this.#decision = decision;
    this.#draw();
  }

  foreseen(futures: Futures): void {
    this.#futures = futures;
    this.#draw();
  }

  clear(): void {
    this.#futures = undefined;
    this.#draw();
  }

  #enter(): void {
    this.#ghosts?.dispose();
    this.#ghosts = undefined;
    const { view, stage } = this.#viewer;
    if (view === undefined) return;
    this.#ghosts = new FutureGhosts(view.scene);
    stage.scene.add(this.#ghosts.group);
    this.clear();
  }

  /** Futures stay until those of the next decision come: they take as long as they take. */
  #draw(): void {
    const futures = this.#futures;
    const decision = this.#decision;
    if (futures !== undefined && futures.decision !== decision?.number) return;
    const scale = new SupportScale(decision ?? { judge: "", scores: [] });
    const shown = (futures?.candidates ?? []).map((future): ShownFuture => {
      const score = decision?.scores[future.index];
      const share = score === undefined ? 0.5 : scale.share(score);
      return { future, share, isChosen: future.index === decision?.chosen };
    });
    this.#trails.show(shown);
    this.#ghosts?.show(shown, movingHands(shown.map(({ future }) => future)));
  }
}
