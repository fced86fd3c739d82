export { type FreeView, Pinhole } from "./pinhole.ts";
export { encodePng } from "./png.ts";
export { type CameraFrame, RayCamera, type RayCameraOptions } from "./ray-camera.ts";
export type { SensorNoise } from "./sensor-noise.ts";
