import { joinBytes, joinFloats, Rng } from "../../../common/index.ts";
import { ACTION_TIMESTEP, PROPRIOCEPTION_NAMES } from "../embodiment.ts";
import type { ManipulationEnvironment } from "../environment.ts";
import type { EpisodeRequest } from "../episode.ts";
import { disturb } from "../expert.ts";
import type { ExpertMode } from "../task.ts";
import type { Demo, DemoHeader } from "./demo.ts";

/** What the frames of a recording look like. */
export interface DemoOptions {
  readonly imageStride: number;
  /** Deviation of the noise on executed joint targets, rad; the recorded actions are free of it. */
  readonly noise: number;
  readonly mixture: string;
}

/** The header of a file of demonstrations made in an environment. */
export function demoHeader(environment: ManipulationEnvironment, options: DemoOptions): DemoHeader {
  return {
    format: 1,
    task: environment.task.name,
    robot: environment.plant.robot.name,
    actionNames: [...environment.actionNames],
    proprioceptionNames: [...PROPRIOCEPTION_NAMES],
    actionTimestep: ACTION_TIMESTEP,
    cameras: environment.cameras.map((setup) => ({ ...setup })),
    ...options,
  };
}

/** Lets an expert do one episode and keeps what it saw and did. Equal arguments give equal bytes. */
export async function recordDemo(
  environment: ManipulationEnvironment,
  request: EpisodeRequest,
  mode: ExpertMode,
  { imageStride, noise }: DemoOptions,
): Promise<Demo> {
  await environment.reset(request);
  const rng = new Rng(request.seed).fork(`demo/${environment.task.name}/${request.split}`);
  const expert = environment.expert(mode, rng.fork("script"));
  const noiseRng = rng.fork("noise");
  const sway = new Float32Array(environment.actionSize);
  const proprioception: Float32Array[] = [];
  const actions: Float32Array[] = [];
  const pictures = new Map(environment.cameras.map(({ camera }) => [camera, [] as Uint8Array[]]));
  let outcome = environment.status;
  while (outcome === "running") {
    const own = new Float32Array(PROPRIOCEPTION_NAMES.length);
    if (actions.length % imageStride === 0)
      for (const [camera, { rgb }] of environment.observe().images) pictures.get(camera)?.push(rgb.slice());
    environment.readProprioception(own);
    const action = new Float32Array(environment.actionSize);
    expert.act(action);
    proprioception.push(own);
    actions.push(action);
    const executed = action.slice();
    if (noise > 0) disturb(executed, sway, noiseRng, noise);
    outcome = await environment.step(executed);
  }
  const { instruction } = environment.layout;
  return {
    info: {
      split: request.split,
      seed: request.seed,
      shifts: [...(request.shifts ?? [])],
      instruction,
      mode,
      outcome,
      frames: actions.length,
    },
    proprioception: joinFloats(proprioception),
    actions: joinFloats(actions),
    images: new Map([...pictures].map(([camera, list]) => [camera, joinBytes(list)])),
  };
}
