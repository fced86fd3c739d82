export { canonicalMjcf } from "./canonical-mjcf.ts";
export type { Attachment, Composition, PhysicsOptions } from "./compose.ts";
export { Engine, type EngineOptions } from "./engine.ts";
export { DivergedError, HeapExhaustedError, MissingAssetError, ModelError } from "./errors.ts";
export { JOINT_TYPE, Model, type ModelSizes, type ObjectKind } from "./model.ts";
export { folderOf, type ModelSource, mainText, modelFromText } from "./model-source.ts";
export { RayCaster, type RayFilter } from "./ray-caster.ts";
export { type Contact, Simulation } from "./simulation.ts";
export type { DataViews, ModelViews } from "./views.ts";
