import { PerspectiveCamera, Quaternion, Vector3 } from "three";
import { element } from "../page/element.ts";
import type { Viewer } from "../page/viewer.ts";
import { localMatrix } from "../scene/axes.ts";

const [WIDTH, HEIGHT] = [240, 180];

/** The picture of one of the model's cameras, in a corner of the stage. */
export class EyeWindow {
  readonly root = element("figure", { class: "eye card" });
  readonly #viewer: Viewer;
  readonly #camera = new PerspectiveCamera(60, WIDTH / HEIGHT, 0.02, 200);
  readonly #scale = new Vector3();
  #rotation = new Quaternion();
  #name = "";

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
    this.root.hidden = true;
    this.root.style.width = `${WIDTH}px`;
    this.root.style.height = `${HEIGHT}px`;
    viewer.onPicture.add(() => this.#draw());
    viewer.link.on("scene", () => this.show(this.#name));
  }

  /** Shows a camera by name; nothing for "" and for a name that this world has not. */
  show(name: string): void {
    this.#name = name;
    const cameras = this.#viewer.view?.scene.cameras ?? [];
    this.root.hidden = !cameras.some((camera) => camera.name === name && name !== "");
    this.root.dataset.name = name.replaceAll("_", " ");
  }

  /** Draws over the stage's own picture, where the window is. */
  #draw(): void {
    const { view, stage } = this.#viewer;
    const description = view?.scene.cameras.find(({ name }) => name === this.#name);
    if (description === undefined || view === undefined || this.root.hidden) return;
    const local = localMatrix(description.pos, description.quat).premultiply(
      view.visuals.bodyMatrix(description.body),
    );
    local.decompose(this.#camera.position, this.#rotation, this.#scale);
    this.#camera.quaternion.copy(this.#rotation);
    if (this.#camera.fov !== description.fovyDegrees) {
      this.#camera.fov = description.fovyDegrees;
      this.#camera.updateProjectionMatrix();
    }
    const { left, bottom, width, height } = this.root.getBoundingClientRect();
    const below = stage.renderer.domElement.clientHeight - bottom;
    stage.renderInset(this.#camera, { left, below, width, height });
  }
}
