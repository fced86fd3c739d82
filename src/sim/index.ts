export {
  type CameraFrame,
  encodePng,
  FilmStrip,
  type FreeView,
  Pinhole,
  portrait,
  RayCamera,
  type RayCameraOptions,
  renderStill,
  type SensorNoise,
  type StillOptions,
} from "./camera/index.ts";
export {
  type CompanionRequest,
  parseCompanions,
  worldCompanions,
} from "./companion-requests.ts";
export {
  type ControlState,
  createControlState,
  createJointTargets,
  type JointTargets,
} from "./control-state.ts";
export type { Curriculum } from "./curriculum.ts";
export {
  type Contact,
  DivergedError,
  Engine,
  HeapExhaustedError,
  MissingAssetError,
  Model,
  ModelError,
  type ModelSource,
  modelFromText,
  Simulation,
} from "./engine/index.ts";
export { Environment, type ReferenceSource, type Terrain } from "./env.ts";
export { type Demo, DemoHeader, DemoInfo, pictureCount } from "./manipulation/demos/demo.ts";
export { DemoFile, DemoFileError, encodeDemo, encodeDemoHeader } from "./manipulation/demos/demo-file.ts";
export { drawMode, MIXTURES, type Mixture, mixtureNamed } from "./manipulation/demos/mixture.ts";
export { type DemoOptions, demoHeader, recordDemo } from "./manipulation/demos/record-demo.ts";
export {
  ACTION_TIMESTEP,
  actionNames,
  COMMANDED_JOINTS,
  PROPRIOCEPTION_NAMES,
} from "./manipulation/embodiment.ts";
export {
  type CameraSetup,
  DEFAULT_CAMERAS,
  type EnvironmentState,
  type EpisodeEnd,
  type Legs,
  ManipulationEnvironment,
  type ManipulationOptions,
  type Observation,
} from "./manipulation/environment.ts";
export {
  type EpisodeRequest,
  type Layout,
  SHIFTS,
  type Shift,
  SPLITS,
  type Split,
} from "./manipulation/episode.ts";
export { Expert } from "./manipulation/expert.ts";
export { type ChunkFuture, foreseeChunk } from "./manipulation/foresight.ts";
export {
  type ChunkPlanner,
  type EpisodeRecord,
  type RunEpisodeOptions,
  runManipulationEpisode,
} from "./manipulation/run-episode.ts";
export { type Base, manipulationPlant, manipulationRobot, manipulationWorld } from "./manipulation/setup.ts";
export {
  type EpisodeStatus,
  EXPERT_MODES,
  type ExpertMode,
  type ManipulationTask,
} from "./manipulation/task.ts";
export { MANIPULATION_TASKS, manipulationTask } from "./manipulation/tasks.ts";
export { CommandScript, drawCommand, scriptedCommand, VelocityCommandConfig } from "./mdp/commands.ts";
export { drawPush, PushConfig } from "./mdp/events.ts";
export { ALMI_GAIT, type GaitClock, isStanding, leftPhase, rightPhase } from "./mdp/gait-phase.ts";
export {
  ObservationGroup,
  type ObservationSlice,
  ObservationTerm,
  withoutNoise,
} from "./mdp/observation-group.ts";
export { observationMirror } from "./mdp/observation-mirror.ts";
export { OBSERVATION_TERMS, type ObservationSource } from "./mdp/observation-terms.ts";
export { liftFactor } from "./mdp/rewards/feet.ts";
export { type JudgedAction, type RewardedTask, RewardMeter } from "./mdp/rewards/reward-meter.ts";
export { FallLimits, hasFallen } from "./mdp/terminations.ts";
export { generateMotions } from "./motions/generate/generate.ts";
export { MOTION_RATE_HZ, Motion } from "./motions/motion.ts";
export { MotionFileError } from "./motions/motion-file.ts";
export { type MotionFilter, type MotionInfo, MotionLibrary } from "./motions/motion-library.ts";
export { MotionPlayer, MotionReference, type MotionReferenceOptions } from "./motions/motion-reference.ts";
export { MOTION_TAGS, type MotionTag } from "./motions/motion-tags.ts";
export { libraryOf, type MotionTexts } from "./motions/motion-texts.ts";
export { describeScene } from "./picture/describe-scene.ts";
export type {
  BodyDescription,
  CameraDescription,
  GeomDescription,
  GeomKind,
  HeightFieldDescription,
  JointDescription,
  LightDescription,
  MaterialDescription,
  MeshDescription,
  SceneDescription,
  TextureDescription,
} from "./picture/scene-description.ts";
export { Companion, type CompanionSpec } from "./plant/companion.ts";
export { compilePlantModel, type InitialState, Plant, type PlantTap } from "./plant/plant.ts";
export { controlTimestep, isRandomized, PlantConfig } from "./plant/plant-config.ts";
export { PlantDump, PlantSnapshot } from "./plant/plant-snapshot.ts";
export { SimulatedRobot } from "./plant/simulated-robot.ts";
export { InvalidTargetError } from "./plant/target-check.ts";
export { CorruptRecordingError, RecordingMismatchError } from "./recording/errors.ts";
export type { Topic, TopicLog } from "./recording/mcap-log.ts";
export { ModelArchive, worldModels, zipModels } from "./recording/model-files.ts";
export { openRecording, type Recording } from "./recording/recording.ts";
export { MemorySink, type RecordingSink } from "./recording/recording-sink.ts";
export {
  type ReplayMismatch,
  type ReplayOptions,
  type ReplayResult,
  ReplayWorld,
  replay,
  replayDump,
} from "./recording/replay.ts";
export { type SessionInfo, SessionRecorder } from "./recording/session-recorder.ts";
export { Telemetry } from "./recording/telemetry.ts";
export {
  type CheckedQuantity,
  type CheckRow,
  checkRobot,
  type RobotCheck,
} from "./robots/check.ts";
export { type JointMirror, jointMirror, MIRROR_SIGNS, mirrorJoints, otherSide } from "./robots/mirror.ts";
export { robotByName, SHIPPED_ROBOTS } from "./robots/registry.ts";
export { type JointGroup, type JointSpec, jointIndices, jointNames, type RobotSpec } from "./robots/robot.ts";
export {
  type GroundRequest,
  generateScene,
  parseScene,
  SCENES,
  type Scene,
  type SceneRequest,
} from "./scenes.ts";
export { bindObservation } from "./tasks/bind-observation.ts";
export { TaskConfig } from "./tasks/task-config.ts";
export { MOST_SIDE } from "./terrain/tile.ts";
export { TrainingTerrain, trainingTerrain } from "./terrain/training-terrain.ts";
export {
  type CompiledWorld,
  compileWorld,
  openPlant,
  startOn,
  type World,
  type WorldCompanion,
} from "./world.ts";
