import {
  Color,
  DataTexture,
  LinearFilter,
  LinearMipmapLinearFilter,
  type Material,
  MeshPhysicalMaterial,
  RepeatWrapping,
  RGBAFormat,
  SRGBColorSpace,
  type Texture,
} from "three";
import type {
  GeomDescription,
  MaterialDescription,
  SceneDescription,
  TextureDescription,
} from "../../sim/index.ts";

/** MuJoCo's finish of a geom without a material. */
const PLAIN: MaterialDescription = {
  name: "",
  specular: 0.5,
  shininess: 0.5,
  reflectance: 0,
  emission: 0,
  metallic: -1,
  roughness: -1,
  texture: -1,
  repeat: [1, 1],
  isUniform: false,
};

/** Makes three.js materials of MuJoCo's; geoms of one finish share one, and differ by their instances' colours. */
export class Materials {
  readonly #scene: SceneDescription;
  readonly #textures = new Map<number, Texture>();
  readonly #kept = new Map<string, Material>();

  constructor(scene: SceneDescription) {
    this.#scene = scene;
  }

  /** What a geom's surface is made of. */
  description(geom: GeomDescription): MaterialDescription {
    return this.#scene.materials[geom.material] ?? PLAIN;
  }

  /** Equal keys share a material. */
  key(geom: GeomDescription): string {
    return `${geom.material} ${geom.rgba[3] < 1 ? geom.rgba[3] : 1} ${this.#isGlowing(geom) ? geom.rgba : ""}`;
  }

  /** The geom's material, without its colour. */
  get(geom: GeomDescription): Material {
    const key = this.key(geom);
    const kept = this.#kept.get(key) ?? this.#make(geom);
    this.#kept.set(key, kept);
    return kept;
  }

  dispose(): void {
    for (const material of this.#kept.values()) material.dispose();
    for (const texture of this.#textures.values()) texture.dispose();
  }

  #isGlowing(geom: GeomDescription): boolean {
    return this.description(geom).emission > 0;
  }

  #make(geom: GeomDescription): Material {
    const finish = this.description(geom);
    const { specular, shininess, metallic, roughness, emission } = finish;
    const opacity = geom.rgba[3];
    const material = new MeshPhysicalMaterial({
      roughness: roughness >= 0 ? roughness : Math.min(0.95, Math.max(0.18, 1 - 0.95 * shininess)),
      metalness: metallic >= 0 ? metallic : 0,
      specularIntensity: Math.min(1, 2 * specular),
      // Painted shells have a thin gloss over a duller ground.
      clearcoat: specular >= 0.4 && shininess >= 0.5 ? 0.35 : 0,
      clearcoatRoughness: 0.35,
      // The ground mirrors what is above it, which would paint it in the colour of the sky.
      envMapIntensity: geom.kind === "plane" || geom.kind === "hfield" ? 0.75 : 1,
      transparent: opacity < 1,
      opacity,
      depthWrite: opacity >= 1,
    });
    if (emission > 0) {
      material.emissive = sRgb(geom.rgba);
      material.emissiveIntensity = 1.6 * emission;
    }
    const texture = this.#texture(finish.texture);
    if (texture !== undefined) material.map = texture;
    return material;
  }

  #texture(index: number): Texture | undefined {
    const description = this.#scene.textures[index];
    if (description === undefined) return undefined;
    const kept = this.#textures.get(index) ?? makeTexture(description);
    this.#textures.set(index, kept);
    return kept;
  }
}

/** A colour of MuJoCo's, which are sRGB. */
export function sRgb(rgba: ArrayLike<number>, out: Color = new Color()): Color {
  return out.setRGB(rgba[0], rgba[1], rgba[2], SRGBColorSpace);
}

function makeTexture({ width, height, channels, data }: TextureDescription): Texture {
  const texture = new DataTexture(withAlpha(data, channels), width, height, RGBAFormat);
  texture.colorSpace = SRGBColorSpace;
  texture.wrapS = RepeatWrapping;
  texture.wrapT = RepeatWrapping;
  texture.magFilter = LinearFilter;
  texture.minFilter = LinearMipmapLinearFilter;
  texture.generateMipmaps = true;
  texture.anisotropy = 16;
  texture.needsUpdate = true;
  return texture;
}

/** Four bytes a texel, whatever the engine keeps: grey, colour, or colour with opacity. */
function withAlpha(data: Uint8Array, channels: number): Uint8Array<ArrayBuffer> {
  const texels = data.length / channels;
  const out = new Uint8Array(4 * texels).fill(255);
  for (let i = 0; i < texels; i++)
    for (let k = 0; k < Math.max(3, channels); k++)
      out[4 * i + k] = data[channels * i + Math.min(k, channels - 1)];
  return out;
}
