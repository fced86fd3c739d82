import { type Camera, type Matrix4, Plane, Raycaster, Vector2, Vector3 } from "three";
import type { Grab } from "../host/messages.ts";
import type { GeomHit } from "../scene/geom-batches.ts";

/** How far the hand turns a body, rad per pixel. */
const TURN = 0.012;
/** How long a finger rests on a body before it grabs it, ms. */
const LONG_PRESS_MS = 350;
const STILL_PIXELS = 8;

export interface GrabberWorld {
  readonly camera: Camera;
  pick(ray: Raycaster): GeomHit | undefined;
  bodyMatrix(body: number): Matrix4;
}

/**
 * Ctrl-drag pulls a body, Ctrl-right-drag (or Ctrl-Shift) twists it; on touch, a long press and then a drag pulls.
 * Double-click selects. Everything else is the camera's.
 */
export class Grabber {
  /** The pull under way: null when nothing is held. */
  grab: Grab | null = null;
  onGrab: (grab: Grab | null) => void = () => {};
  onSelect: (hit: GeomHit | undefined) => void = () => {};
  /** Told when a drag takes the pointer from the camera, and when it gives it back. */
  onHold: (isHeld: boolean) => void = () => {};
  readonly #canvas: HTMLElement;
  readonly #world: () => GrabberWorld | undefined;
  readonly #ray = new Raycaster();
  readonly #plane = new Plane();
  readonly #target = new Vector3();
  #pointer = -1;
  #from = new Vector2();
  #press: ReturnType<typeof setTimeout> | undefined;

  constructor(canvas: HTMLElement, world: () => GrabberWorld | undefined) {
    this.#canvas = canvas;
    this.#world = world;
    // In the capture phase: the camera's own listeners come later and must not see a drag that grabs.
    const early = { capture: true };
    canvas.addEventListener("pointerdown", (event) => this.#down(event), early);
    canvas.addEventListener("pointermove", (event) => this.#move(event), early);
    for (const end of ["pointerup", "pointercancel"] as const)
      canvas.addEventListener(end, (event) => this.#up(event), early);
    canvas.addEventListener("dblclick", (event) => this.onSelect(this.#hit(event)));
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  #down(event: PointerEvent): void {
    this.#from.set(event.clientX, event.clientY);
    if (event.ctrlKey || event.metaKey) {
      const kind = event.button === 2 || event.shiftKey ? "torque" : "force";
      if (this.#begin(event, kind)) event.stopImmediatePropagation();
    } else if (event.pointerType === "touch") {
      this.#press = setTimeout(() => this.#begin(event, "force"), LONG_PRESS_MS);
    }
  }

  #begin(event: PointerEvent, kind: Grab["kind"]): boolean {
    const hit = this.#hit(event);
    const world = this.#world();
    if (hit === undefined || hit.body === 0 || world === undefined) return false;
    const inverse = world.bodyMatrix(hit.body).clone().invert();
    const point = hit.point.clone().applyMatrix4(inverse);
    const facing = world.camera.getWorldDirection(new Vector3());
    this.#plane.setFromNormalAndCoplanarPoint(facing, hit.point);
    this.#pointer = event.pointerId;
    this.#canvas.setPointerCapture(event.pointerId);
    this.onHold(true);
    const target = kind === "force" ? hit.point.toArray() : ([0, 0, 0] as const);
    this.#tell({ body: hit.body, point: point.toArray(), target, kind });
    return true;
  }

  #move(event: PointerEvent): void {
    const isStill = this.#from.distanceTo(new Vector2(event.clientX, event.clientY)) < STILL_PIXELS;
    if (!isStill) this.#cancelPress();
    if (event.pointerId !== this.#pointer || this.grab === null) return;
    event.stopImmediatePropagation();
    const target = this.grab.kind === "force" ? this.#pulled(event) : this.#turned(event);
    if (target !== undefined) this.#tell({ ...this.grab, target });
  }

  #up(event: PointerEvent): void {
    this.#cancelPress();
    if (event.pointerId !== this.#pointer) return;
    event.stopImmediatePropagation();
    this.#pointer = -1;
    this.onHold(false);
    this.#tell(null);
  }

  #pulled(event: PointerEvent): Grab["target"] | undefined {
    const world = this.#world();
    if (world === undefined) return undefined;
    this.#aim(event, world.camera);
    return this.#ray.ray.intersectPlane(this.#plane, this.#target)?.toArray();
  }

  /** Turns about the screen's axes, as if the body were a trackball. */
  #turned(event: PointerEvent): Grab["target"] | undefined {
    const world = this.#world();
    if (world === undefined) return undefined;
    const [right, up] = [new Vector3(), new Vector3()];
    world.camera.matrixWorld.extractBasis(right, up, new Vector3());
    const turn = right.multiplyScalar(TURN * (event.clientY - this.#from.y));
    return turn.addScaledVector(up, TURN * (event.clientX - this.#from.x)).toArray();
  }

  #hit(event: MouseEvent): GeomHit | undefined {
    const world = this.#world();
    if (world === undefined) return undefined;
    this.#aim(event, world.camera);
    return world.pick(this.#ray);
  }

  #aim(event: MouseEvent, camera: Camera): void {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    const at = new Vector2(
      (2 * (event.clientX - left)) / width - 1,
      1 - (2 * (event.clientY - top)) / height,
    );
    this.#ray.setFromCamera(at, camera);
  }

  #tell(grab: Grab | null): void {
    this.grab = grab;
    this.onGrab(grab);
  }

  #cancelPress(): void {
    clearTimeout(this.#press);
    this.#press = undefined;
  }
}
