import { type PerspectiveCamera, Vector3 } from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import type { View } from "../page/address.ts";

/** So far from what it looks at a camera that follows has lost its body, m. */
const FAR = 1.5;

/** Orbit, pan and zoom about a target that may go with a body. */
export class CameraRig {
  /** Whether the camera goes with the body it is told of. */
  follows = true;
  readonly #controls: OrbitControls;
  readonly #camera: PerspectiveCamera;
  readonly #body = new Vector3();
  readonly #step = new Vector3();
  #hasBody = false;

  constructor(camera: PerspectiveCamera, canvas: HTMLElement) {
    this.#camera = camera;
    this.#controls = new OrbitControls(camera, canvas);
    Object.assign(this.#controls, {
      enableDamping: true,
      dampingFactor: 0.12,
      zoomToCursor: true,
      minDistance: 0.15,
      maxDistance: 60,
      maxPolarAngle: 0.56 * Math.PI,
    });
    this.#controls.target.set(0, 0, 0.85);
  }

  /** Off while a drag belongs to something else. */
  set isEnabled(isOn: boolean) {
    this.#controls.enabled = isOn;
  }

  /** Calls back when a person moved the camera. */
  onMove(listener: () => void): void {
    this.#controls.addEventListener("end", listener);
  }

  get view(): View {
    return { eye: this.#camera.position.toArray(), target: this.#controls.target.toArray() };
  }

  set view({ eye, target }: View) {
    this.#camera.position.set(...eye);
    this.#controls.target.set(...target);
    this.#controls.update();
  }

  /** Looks at a point from where the camera stands, at a distance, m. */
  lookAt(point: Vector3, distance: number): void {
    const back = this.#camera.position.clone().sub(this.#controls.target).setLength(distance);
    this.#controls.target.copy(point);
    this.#camera.position.copy(point).add(back);
  }

  /** Goes along with a body at a point; steps of the feet do not shake the picture. */
  update(body: Vector3 | undefined): void {
    if (body === undefined) this.#hasBody = false;
    else this.#go(body);
    this.#controls.update();
  }

  /** Forgets where the body was, after a jump. */
  jump(): void {
    this.#hasBody = false;
  }

  #shift(step: Vector3): void {
    this.#controls.target.add(step);
    this.#camera.position.add(step);
  }

  /** After a jump it stays where it is unless the body is out of sight from there, as in a world that has run for long. */
  #go(body: Vector3): void {
    if (this.#hasBody && this.follows) {
      this.#step.copy(body).sub(this.#body);
      this.#step.z *= 0.25;
      this.#shift(this.#step);
    } else if (this.follows) {
      this.#step.copy(body).sub(this.#controls.target).setZ(0);
      if (this.#step.length() > FAR) this.#shift(this.#step);
    }
    this.#body.copy(body);
    this.#hasBody = true;
  }
}
