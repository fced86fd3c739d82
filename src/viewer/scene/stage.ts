import {
  Color,
  FogExp2,
  NeutralToneMapping,
  PCFShadowMap,
  PerspectiveCamera,
  Scene,
  type Vector3,
  Vector4,
  WebGLRenderer,
} from "three";
import { DAY, NIGHT, Sky } from "./sky.ts";
import { bakeStudio, DAY_STUDIO, NIGHT_STUDIO } from "./studio.ts";

export type Theme = "light" | "dark";

/** From top to bottom, degrees. */
const FIELD_OF_VIEW = 40;

/** Renderer, camera, sky and surrounding light: what all worlds are shown on. */
export class Stage {
  readonly renderer: WebGLRenderer;
  readonly scene = new Scene();
  readonly camera = new PerspectiveCamera(FIELD_OF_VIEW, 1, 0.02, 600);
  readonly #sky = new Sky();
  readonly #fog = new FogExp2(0xffffff, 0.028);

  constructor(canvas: HTMLCanvasElement) {
    this.renderer = new WebGLRenderer({ canvas, antialias: true, powerPreference: "high-performance" });
    this.renderer.toneMapping = NeutralToneMapping;
    this.renderer.shadowMap.enabled = true;
    this.renderer.shadowMap.type = PCFShadowMap;
    this.scene.add(this.#sky.mesh);
    this.scene.fog = this.#fog;
    this.camera.position.set(2.6, -2.4, 1.5);
    this.camera.lookAt(0, 0, 0.9);
  }

  /** Sky, haze and surrounding light of a theme. */
  set theme(theme: Theme) {
    const look = theme === "light" ? DAY : NIGHT;
    this.#sky.show(look);
    this.#fog.color = new Color(look.horizon);
    this.scene.environmentIntensity = theme === "light" ? 0.62 : 0.85;
    this.renderer.toneMappingExposure = theme === "light" ? 1 : 0.95;
    this.scene.environment?.dispose();
    this.scene.environment = bakeStudio(this.renderer, theme === "light" ? DAY_STUDIO : NIGHT_STUDIO);
  }

  /** Turns the sky so that its sun stands where the light comes from. */
  set toSun(direction: Vector3) {
    this.#sky.toSun = direction;
  }

  /** Fits the picture to the canvas' size on the page. */
  resize(width: number, height: number, pixelRatio: number): void {
    this.renderer.setPixelRatio(pixelRatio);
    this.renderer.setSize(width, height, false);
  }

  /**
   * Puts the camera's picture into a part of the canvas, CSS pixels; around it, behind panels, the world goes on. In a
   * tall part the camera sees as much from side to side as it would from top to bottom of a wide one, nearly.
   */
  show({ left, top, right, bottom }: { left: number; top: number; right: number; bottom: number }): void {
    const { clientWidth, clientHeight } = this.renderer.domElement;
    const [width, height] = [Math.max(1, right - left), Math.max(1, bottom - top)];
    const { camera } = this;
    camera.fov = width < height ? Math.min(58, FIELD_OF_VIEW * (height / width) ** 0.6) : FIELD_OF_VIEW;
    camera.setViewOffset(width, height, -left, -top, clientWidth, clientHeight);
  }

  render(): void {
    this.renderer.render(this.scene, this.camera);
  }

  /** Draws another camera's picture over a part of the page, in CSS pixels from the left and from below. */
  renderInset(
    camera: PerspectiveCamera,
    { left, below, width, height }: { left: number; below: number; width: number; height: number },
  ): void {
    const { renderer } = this;
    const whole = renderer.getViewport(new Vector4());
    renderer.setScissorTest(true);
    renderer.setScissor(left, below, width, height);
    renderer.setViewport(left, below, width, height);
    renderer.render(this.scene, camera);
    renderer.setScissorTest(false);
    renderer.setViewport(whole);
  }

  dispose(): void {
    this.scene.environment?.dispose();
    this.renderer.dispose();
  }
}
