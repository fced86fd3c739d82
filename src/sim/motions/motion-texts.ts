import { MotionLibrary } from "./motion-library.ts";

/** A robot's motions as the texts of their files, so that they cross to a worker or a browser. */
export interface MotionTexts {
  readonly manifest: string;
  readonly data: string;
}

/** Reads the library that the texts hold. Throws as `MotionLibrary.parse`. */
export function libraryOf({ manifest, data }: MotionTexts): MotionLibrary {
  return MotionLibrary.parse(manifest, data);
}
