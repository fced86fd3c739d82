import {
  BufferAttribute,
  BufferGeometry,
  Color,
  DoubleSide,
  Group,
  Line,
  LineBasicMaterial,
  LineLoop,
  Mesh,
  MeshBasicMaterial,
  SphereGeometry,
} from "three";
import type { SignalLog } from "../page/signal-log.ts";
import type { WorldView } from "../scene/world-view.ts";
import { convexHull } from "./convex-hull.ts";
import type { Overlay } from "./overlay.ts";
import { supportPoints } from "./support-points.ts";

const MOST = 64;
const COLOUR = new Color(0x18b7a0);
const WARNING = new Color(0xff4d4d);

/** The centre of mass, its shadow on the ground, and the polygon of contacts that it should stay above. */
export class BalanceMarks implements Overlay {
  readonly group = new Group();
  readonly #centre = dot(0.03);
  readonly #below = dot(0.018);
  readonly #plumb = new Line(new BufferGeometry(), seeThroughLine());
  readonly #outline = new LineLoop(new BufferGeometry(), seeThroughLine());
  readonly #fill = new Mesh(
    new BufferGeometry(),
    new MeshBasicMaterial({
      color: COLOUR,
      transparent: true,
      opacity: 0.22,
      side: DoubleSide,
      depthTest: false,
      fog: false,
    }),
  );

  constructor() {
    for (const { geometry } of [this.#outline, this.#fill])
      geometry.setAttribute("position", new BufferAttribute(new Float32Array(3 * MOST), 3));
    this.#plumb.geometry.setAttribute("position", new BufferAttribute(new Float32Array(6), 3));
    for (const object of [this.#fill, this.#outline, this.#plumb, this.#centre, this.#below]) {
      object.frustumCulled = false;
      object.renderOrder = 8;
      this.group.add(object);
    }
    this.#fill.renderOrder = 7;
  }

  update({ frame, scene, robot }: WorldView, _: SignalLog): void {
    if (frame === undefined) return;
    const points = supportPoints(frame.contacts ?? new Float32Array(), scene, robot.base);
    const height = points.length > 0 ? Math.min(...points.map(([, , z]) => z)) : 0;
    const hull = convexHull(points.map(([px, py]) => [px, py] as const)).slice(0, MOST);
    const [x, y] = frame.centre;
    const isInside =
      hull.length > 2 && hull.every(([ax, ay], i) => leftOf(ax, ay, hull[(i + 1) % hull.length], x, y));
    this.#centre.position.set(...frame.centre);
    this.#below.position.set(x, y, height);
    write(this.#plumb.geometry, [frame.centre, [x, y, height]]);
    const rim = hull.map(([px, py]) => [px, py, height + 0.004] as const);
    write(this.#outline.geometry, rim);
    write(this.#fill.geometry, rim);
    this.#fill.geometry.setIndex(fan(rim.length));
    const colour = isInside || hull.length < 3 ? COLOUR : WARNING;
    for (const { material } of [this.#centre, this.#below, this.#plumb, this.#outline, this.#fill])
      material.color.copy(colour);
  }

  dispose(): void {
    for (const { geometry, material } of [
      this.#centre,
      this.#below,
      this.#plumb,
      this.#outline,
      this.#fill,
    ]) {
      geometry.dispose();
      material.dispose();
    }
    this.group.removeFromParent();
  }
}

function dot(radius: number) {
  const material = new MeshBasicMaterial({
    depthTest: false,
    transparent: true,
    fog: false,
    toneMapped: false,
  });
  return new Mesh(new SphereGeometry(radius, 20, 14), material);
}

const seeThroughLine = () =>
  new LineBasicMaterial({ depthTest: false, transparent: true, fog: false, toneMapped: false });

function write(geometry: BufferGeometry, points: readonly (readonly [number, number, number])[]): void {
  const position = geometry.getAttribute("position");
  points.forEach(([x, y, z], i) => {
    position.setXYZ(i, x, y, z);
  });
  position.needsUpdate = true;
  geometry.setDrawRange(0, geometry.index === null ? points.length : 3 * Math.max(0, points.length - 2));
}

const fan = (corners: number): number[] =>
  Array.from({ length: Math.max(0, corners - 2) }, (_, i) => [0, i + 1, i + 2]).flat();

function leftOf(ax: number, ay: number, [bx, by]: readonly [number, number], x: number, y: number): boolean {
  return (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0;
}
