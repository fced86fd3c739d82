import type { Simulation } from "./simulation.ts";

/** Yes-or-no properties of a model's lights and materials, 1 or 0, by their index. */
export interface LookFlags {
  readonly lightIsActive: Uint8Array;
  readonly lightCastsShadow: Uint8Array;
  /** Whether a material's texture repeats per metre rather than per object. */
  readonly materialIsUniform: Uint8Array;
}

/**
 * Reads the flags that the engine's bindings do not hand out (they cannot pass arrays of booleans), by way of the
 * picture that the engine would hand to its own renderer. Allocates in the engine: call once, before keeping views.
 */
export function readLookFlags(simulation: Simulation): LookFlags {
  const { model } = simulation;
  const { mujoco, handle, sizes } = model;
  const flags: LookFlags = {
    lightIsActive: new Uint8Array(sizes.nlight),
    lightCastsShadow: new Uint8Array(sizes.nlight),
    materialIsUniform: new Uint8Array(sizes.nmat),
  };
  const scene = new mujoco.MjvScene(handle, sizes.ngeom + 1);
  const option = new mujoco.MjvOption();
  const perturb = new mujoco.MjvPerturb();
  const camera = new mujoco.MjvCamera();
  try {
    (option.geomgroup as Uint8Array).fill(1);
    mujoco.mjv_updateScene(
      handle,
      simulation.handle,
      option,
      perturb,
      camera,
      mujoco.mjtCatBit.mjCAT_ALL.value,
      scene,
    );
    const { lights, geoms } = scene;
    for (let i = 0; i < scene.nlight; i++) {
      const light = lights.get(i);
      if (light !== undefined && light.headlight === 0) {
        flags.lightIsActive[light.id] = 1;
        flags.lightCastsShadow[light.id] = light.castshadow;
      }
      light?.delete();
    }
    for (let i = 0; i < scene.ngeom; i++) {
      const geom = geoms.get(i);
      if (geom !== undefined && geom.matid >= 0) flags.materialIsUniform[geom.matid] = geom.texuniform;
      geom?.delete();
    }
    lights.delete();
    geoms.delete();
  } finally {
    for (const object of [camera, perturb, option, scene]) object.delete();
  }
  return flags;
}
