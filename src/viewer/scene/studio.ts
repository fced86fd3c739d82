import {
  Color,
  DoubleSide,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  PMREMGenerator,
  Scene,
  type Texture,
  type WebGLRenderer,
} from "three";
import { Sky, type SkyLook } from "./sky.ts";

/** What shells mirror: a neutral dome, and soft boxes above and beside that draw the highlights. */
export interface StudioLook {
  readonly dome: SkyLook;
  /** How bright the boxes are, in whites. */
  readonly boxes: number;
}

export const DAY_STUDIO: StudioLook = {
  dome: { zenith: 0xc3d0de, horizon: 0xe6e9ec, ground: 0xa9a8a5, sun: 0xfff2dc, glow: 0.4 },
  boxes: 3.2,
};
export const NIGHT_STUDIO: StudioLook = {
  dome: { zenith: 0x2b3440, horizon: 0x4a5564, ground: 0x1c1f24, sun: 0x9fb8d8, glow: 0.3 },
  boxes: 4.5,
};

/** Boxes: middle, m, and width and height, m; each faces the origin. */
const BOXES = [
  { at: [0, 0, 8], size: [7, 2.2], strength: 1 },
  { at: [6, -6, 4.5], size: [2.2, 6], strength: 0.8 },
  { at: [-6.5, 5, 3], size: [1.6, 7], strength: 0.5 },
] as const;

/** Renders the surroundings once into a texture for reflections and ambient light. */
export function bakeStudio(renderer: WebGLRenderer, { dome, boxes }: StudioLook): Texture {
  const scene = new Scene();
  const sky = new Sky();
  sky.show(dome);
  scene.add(sky.mesh);
  for (const { at, size, strength } of BOXES) {
    const material = new MeshBasicMaterial({
      color: new Color().setScalar(boxes * strength),
      side: DoubleSide,
    });
    const box = new Mesh(new PlaneGeometry(size[0], size[1]), material);
    box.position.set(at[0], at[1], at[2]);
    box.lookAt(0, 0, 1);
    scene.add(box);
  }
  const generator = new PMREMGenerator(renderer);
  const { texture } = generator.fromScene(scene, 0.015);
  generator.dispose();
  return texture;
}
