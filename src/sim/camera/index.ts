export { FilmStrip } from "./film-strip.ts";
export { type FreeView, Pinhole } from "./pinhole.ts";
export { encodePng } from "./png.ts";
export { type CameraFrame, RayCamera, type RayCameraOptions } from "./ray-camera.ts";
export type { SensorNoise } from "./sensor-noise.ts";
export { type Lamp, type LightRig, STUDIO } from "./studio/light-rig.ts";
export { portrait } from "./studio/portrait.ts";
export { renderStill, type StillOptions } from "./studio/render-still.ts";
