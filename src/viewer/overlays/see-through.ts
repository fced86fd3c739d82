import { type Color, MeshStandardMaterial } from "three";

/** A material of one colour that lets what is behind shine through, but not its own far side. */
export function seeThrough(colour: Color, opacity: number): MeshStandardMaterial {
  return new MeshStandardMaterial({
    color: colour,
    transparent: true,
    opacity,
    roughness: 0.6,
    depthWrite: true,
  });
}
