import { createJointTargets, type JointTargets } from "../../../src/sim/control-state.ts";
import { type Engine, type Model, modelFromText, type Simulation } from "../../../src/sim/engine/index.ts";
import { compilePlantModel, Plant } from "../../../src/sim/plant/plant.ts";
import { PlantConfig } from "../../../src/sim/plant/plant-config.ts";
import type { JointSpec, RobotSpec } from "../../../src/sim/robots/robot.ts";

/** A trunk of 10 kg on two long feet of 1 kg, with one arm of 1 kg: too low to tip over, light to step. */
const SLEDGE = `<mujoco model="sledge"><size memory="200K"/>
  <default><joint armature="0.01" limited="true" range="-2 2"/></default>
  <worldbody><body name="pelvis" pos="0 0 0.1"><freejoint name="root"/>
    <geom name="trunk" type="box" size="0.2 0.2 0.05" mass="10" contype="0" conaffinity="0"/><site name="imu"/>
    <body name="left_foot" pos="0 0.15 -0.08"><joint name="left_ankle_joint" axis="0 1 0" actuatorfrcrange="-60 60"/>
      <geom name="left_sole" type="box" size="0.25 0.05 0.02" mass="1"/>
      <site name="left_zone" type="box" size="0.3 0.1 0.05"/></body>
    <body name="right_foot" pos="0 -0.15 -0.08"><joint name="right_ankle_joint" axis="0 1 0" actuatorfrcrange="-60 60"/>
      <geom name="right_sole" type="box" size="0.25 0.05 0.02" mass="1"/>
      <site name="right_zone" type="box" size="0.3 0.1 0.05"/></body>
    <body name="upper_arm" pos="0 0 0.05"><joint name="shoulder_joint" axis="1 0 0" actuatorfrcrange="-20 20"/>
      <geom type="capsule" fromto="0 0 0.05 0 0 0.25" size="0.03" mass="1" contype="0" conaffinity="0"/>
      <body name="bracket" pos="0 0 0.3">
        <body name="hand"><joint name="elbow_joint" axis="0 1 0" actuatorfrcrange="-20 20"/>
          <geom type="capsule" fromto="0 0 0.02 0 0 0.2" size="0.03" mass="0.5" contype="0" conaffinity="0"/></body>
      </body></body>
  </body></worldbody>
  <actuator><motor name="e" joint="elbow_joint"/><motor name="s" joint="shoulder_joint"/>
    <motor name="l" joint="left_ankle_joint"/><motor name="r" joint="right_ankle_joint"/></actuator>
  <sensor><touch name="left_foot_contact" site="left_zone"/><touch name="right_foot_contact" site="right_zone"/>
    <framelinvel name="left_vel" objtype="xbody" objname="left_foot"/>
    <framelinvel name="right_vel" objtype="xbody" objname="right_foot"/></sensor></mujoco>`;

const floor = (gravity: string) => `<mujoco><option gravity="${gravity}"/><worldbody>
  <geom name="floor" type="plane" size="0 0 1" friction="1"/></worldbody></mujoco>`;

/** Total published mass, kg. */
export const SLEDGE_MASS = 13.5;

const joint = (name: string, group: JointSpec["group"], torqueLimit: number): JointSpec => ({
  name: `${name}_joint`,
  group,
  range: [-2, 2],
  torqueLimit,
  velocityLimit: 20,
  kp: 100,
  kd: 3,
  default: 0,
  mirrorSign: 1,
  motorSlot: 0,
});

/** In an order that differs from the model's in joints and in actuators. */
export const sledge: RobotSpec = {
  name: "sledge",
  title: "Test robot",
  model: "",
  joints: [
    joint("left_ankle", "lower", 60),
    joint("right_ankle", "lower", 60),
    joint("shoulder", "upper", 20),
    joint("elbow", "upper", 20),
  ],
  baseBody: "pelvis",
  standingHeight: 0.1,
  footBodies: ["left_foot", "right_foot"],
  kneeBodies: ["left_foot", "right_foot"],
  imuSite: "imu",
};

export type PlantOverrides = Parameters<typeof PlantConfig.parse>[0] & object;

export const sledgeSources = (gravity = "0 0 -9.81") => ({
  robot: modelFromText(SLEDGE, "sledge.xml"),
  scene: modelFromText(floor(gravity), "floor.xml"),
});

/** Plants of one shared model, and everything that must be disposed with them. */
export class SledgeYard implements Disposable {
  readonly engine: Engine;
  readonly config: PlantConfig;
  readonly model: Model;
  readonly #plants: Plant[] = [];

  constructor(engine: Engine, config: PlantOverrides = {}, gravity?: string) {
    this.engine = engine;
    this.config = PlantConfig.parse(config);
    this.model = compilePlantModel(engine, sledge, sledgeSources(gravity), this.config);
  }

  plant(): Plant {
    const plant = new Plant(this.engine.simulate(this.model), sledge, this.config);
    this.#plants.push(plant);
    return plant;
  }

  [Symbol.dispose](): void {
    for (const plant of this.#plants) plant[Symbol.dispose]();
    this.model[Symbol.dispose]();
  }
}

/** Targets at some angles with the robot's gains. */
export function targetsAt(...q: number[]): JointTargets {
  const targets = createJointTargets(sledge);
  targets.q.set(q);
  return targets;
}

/** One physics step of the PD loop, written a second time. */
export function stepByHand(
  simulation: Simulation,
  plant: Plant,
  targets: JointTargets,
  scale: { kp?: number; kd?: number; torque?: number } = {},
): void {
  const { qpos, qvel, ctrl } = simulation.views;
  for (const [j, { name, torqueLimit }] of sledge.joints.entries()) {
    const { jnt_qposadr, jnt_dofadr } = simulation.model.views;
    const at = simulation.model.index("joint", name);
    const error = targets.q[j] - qpos[jnt_qposadr[at]];
    const spring = (scale.kp ?? 1) * targets.kp[j] * error;
    const damping = (scale.kd ?? 1) * targets.kd[j] * qvel[jnt_dofadr[at]];
    const tau = (scale.torque ?? 1) * (spring - damping + targets.tau[j]);
    ctrl[plant.index.actuator[j]] = Math.max(-torqueLimit, Math.min(torqueLimit, tau));
  }
  simulation.step();
}
