import {
  AmbientLight,
  Color,
  DirectionalLight,
  Group,
  type Light,
  type Matrix4,
  PointLight,
  SpotLight,
  Vector3,
} from "three";
import type { LightDescription, SceneDescription } from "../../sim/index.ts";

/** MuJoCo's light colours are shares of white; three.js's intensities are physical. */
const SUN = 3.1;
const LAMP = 12;
/** Half the side of the square in which the sun's shadows are drawn, m. */
const SHADOW_REACH = 3.2;
const SHADOW_TEXELS = 2048;
const SUN_DISTANCE = 12;

/** The lights of a world. The sun's shadows go with whatever the camera follows, so that they are sharp there. */
export class LightRig {
  readonly group = new Group();
  /** From the world to the sun. */
  readonly toSun = new Vector3(0.45, -0.38, 0.81).normalize();
  #sun: DirectionalLight | undefined;
  readonly #carried: { readonly light: Light; readonly description: LightDescription }[] = [];

  constructor(scene: SceneDescription) {
    for (const description of scene.lights) this.#add(description);
    if (this.#sun === undefined) this.#add(DEFAULT_SUN);
    this.group.add(new AmbientLight(new Color(...scene.headlight.ambient), 0.35));
  }

  /** Moves lamps with their bodies, and shadows to where one looks. */
  update(bodyMatrix: (body: number) => Matrix4, focus: Vector3): void {
    for (const { light, description } of this.#carried) {
      const matrix = bodyMatrix(description.body);
      light.position.set(...description.pos).applyMatrix4(matrix);
      if (!(light instanceof SpotLight)) continue;
      light.target.position
        .set(...description.dir)
        .transformDirection(matrix)
        .add(light.position);
      light.target.updateMatrixWorld();
    }
    this.#aimSun(focus);
  }

  /** Switches shadows of the sun. */
  set hasShadows(isOn: boolean) {
    if (this.#sun !== undefined) this.#sun.castShadow = isOn;
  }

  /** Makes all lamps brighter or darker. */
  set brightness(factor: number) {
    for (const light of this.group.children as Light[]) {
      light.userData.own ??= light.intensity;
      light.intensity = factor * light.userData.own;
    }
  }

  dispose(): void {
    for (const light of this.group.children as Light[]) light.dispose();
    this.group.removeFromParent();
  }

  #add(description: LightDescription): void {
    const colour = new Color(...description.diffuse);
    if (description.kind === "directional") this.#addSun(description, colour);
    else this.#addLamp(description, colour);
  }

  #addLamp(description: LightDescription, colour: Color): void {
    const light =
      description.kind === "spot"
        ? new SpotLight(colour, LAMP, 0, (description.cutoffDegrees * Math.PI) / 180, 0.4)
        : new PointLight(colour, LAMP);
    this.#carried.push({ light, description });
    this.group.add(light);
    if (light instanceof SpotLight) this.group.add(light.target);
  }

  #addSun(description: LightDescription, colour: Color): void {
    const light = new DirectionalLight(colour, SUN);
    const back = new Vector3(...description.dir).normalize().negate();
    light.position.copy(back);
    this.group.add(light);
    if (!description.castsShadow || this.#sun !== undefined) return;
    this.toSun.copy(back);
    this.#sun = light;
    this.group.add(light.target);
    castSoftly(light);
  }

  /** In whole texels, so that edges of shadows don't crawl while the robot walks. */
  #aimSun(focus: Vector3): void {
    const sun = this.#sun;
    if (sun === undefined) return;
    const texel = (2 * SHADOW_REACH) / SHADOW_TEXELS;
    sun.target.position.set(
      ...(focus.toArray().map((v) => Math.round(v / (64 * texel)) * 64 * texel) as [number, number, number]),
    );
    sun.position.copy(sun.target.position).addScaledVector(this.toSun, SUN_DISTANCE);
    sun.target.updateMatrixWorld();
  }
}

function castSoftly(light: DirectionalLight): void {
  light.castShadow = true;
  light.shadow.mapSize.set(SHADOW_TEXELS, SHADOW_TEXELS);
  light.shadow.radius = 3;
  light.shadow.bias = -0.0004;
  light.shadow.normalBias = 0.012;
  Object.assign(light.shadow.camera, {
    left: -SHADOW_REACH,
    right: SHADOW_REACH,
    top: SHADOW_REACH,
    bottom: -SHADOW_REACH,
    near: 0.5,
    far: 2 * SUN_DISTANCE + 4,
  });
}

const DEFAULT_SUN: LightDescription = {
  name: "sun",
  kind: "directional",
  body: 0,
  pos: [0, 0, 10],
  dir: [-0.45, 0.38, -0.81],
  ambient: [0, 0, 0],
  diffuse: [0.75, 0.73, 0.7],
  cutoffDegrees: 45,
  castsShadow: true,
};
