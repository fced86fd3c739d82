import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ContrappostoError } from "../../../src/common/index.ts";
import { encodeModel, readMetadata, withMetadata } from "../../../src/learn/index.ts";
import {
  inspectPolicy,
  lintPolicy,
  observationLayout,
  PolicyFileError,
  readPolicyFile,
  UndescribedPolicyError,
  UnsupportedPolicyError,
  writePolicyFile,
} from "../../../src/policies/index.ts";
import { jointNames, robotByName } from "../../../src/sim/index.ts";
import { h12, legSpec, legs, linearBytes, linearModel } from "../small-policy.ts";

const PAIRS = "../shared/data/policies";

describe("writePolicyFile and readPolicyFile", () => {
  it("return the spec to the last digit", () => {
    const file = readPolicyFile(writePolicyFile(linearBytes(), legSpec()));
    expect(file.spec).toEqual(legSpec());
    expect(file.source).toBe("contrapposto");
    expect(file.ports).toEqual({ observationSize: 36, actionSize: 12, recurrent: undefined });
  });

  it("also say it in the keys that mjlab and Isaac Lab tools read", () => {
    const metadata = readMetadata(writePolicyFile(linearBytes(), legSpec()));
    expect(metadata.get("joint_names")).toBe(legs.join(","));
    expect(metadata.get("joint_stiffness")?.split(",").map(Number)).toEqual(legSpec().kp);
    expect(metadata.get("default_joint_pos")?.split(",")).toHaveLength(12);
    expect(metadata.get("observation_names")).toBe("projected_gravity,joint_pos,last_action");
    expect(metadata.get("action_scale")).toBe("0.25");
    expect(metadata.get("command_names")).toBe("vx");
  });

  it("leave other people's metadata and the weights alone", () => {
    const bytes = linearBytes({ metadata: { theirs: "1" }, bias: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] });
    const written = writePolicyFile(writePolicyFile(bytes, legSpec()), legSpec({ name: "again" }));
    expect(readMetadata(written).get("theirs")).toBe("1");
    expect(readPolicyFile(written).graph.graph).toEqual(
      readPolicyFile(writePolicyFile(bytes, legSpec())).graph.graph,
    );
    expect(readPolicyFile(written).spec.name).toBe("again");
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ["a list of the wrong length", { kp: [1, 2] }, /kp has 2 values for 12/],
    ["a joint twice", { observedJoints: [legs[0], legs[0]] }, /twice/],
    ["a joint without default", { defaultJointPos: {} }, /defaultJointPos lacks/],
    ["an empty command range", { commands: [{ name: "vx", low: 1, high: 0 }] }, /empty/],
    ["an unknown key", { stiffness: 3 }, /stiffness/],
    ["a number that is none", { controlTimestep: Number.NaN }, /controlTimestep/],
  ])("refuse %s in the description", (_, changes, message) => {
    const document = { ...legSpec(), ...changes };
    expect(() => writePolicyFile(linearBytes(), document as never)).toThrow(PolicyFileError);
    const bytes = withMetadata(linearBytes(), { contrapposto: JSON.stringify(document) });
    expect(() => readPolicyFile(bytes)).toThrow(message);
  });

  it("refuse a description that is cut off", () => {
    const bytes = withMetadata(linearBytes(), { contrapposto: '{"version":1,' });
    expect(() => readPolicyFile(bytes)).toThrow(/not JSON/);
  });

  it("answer any damage with a typed error or a policy, never anything else", () => {
    const bytes = writePolicyFile(linearBytes(), legSpec());
    const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(damage, (changes) => {
        const damaged = bytes.slice();
        for (const [at, value] of changes) damaged[at] = value;
        onlyTypedErrors(() => {
          const file = readPolicyFile(damaged);
          lintPolicy(file, h12);
          inspectPolicy(file);
        });
      }),
      { numRuns: 600, seed: 2 },
    );
    for (const length of [0, 1, 10, bytes.length - 1])
      expect(() => readPolicyFile(bytes.subarray(0, length))).toThrow(ContrappostoError);
  });
});

describe("a graph with other port names", () => {
  it("is renamed to ours", () => {
    const spec = JSON.stringify(legSpec());
    const bytes = linearBytes({ obs: "actor_obs", actions: "action", metadata: { contrapposto: spec } });
    const { graph } = readPolicyFile(bytes).graph;
    expect(graph.inputs.map((port) => port.name)).toEqual(["obs"]);
    expect(graph.outputs.map((port) => port.name)).toEqual(["actions"]);
    expect(graph.nodes[0]).toMatchObject({ inputs: ["obs", "W", "b"], outputs: ["actions"] });
  });

  it("is refused where it needs more than an observation", () => {
    const model = linearModel();
    const time = { name: "time_step", type: "float32", shape: [1, 1] } as const;
    const bytes = encodeModel({ ...model, graph: { ...model.graph, inputs: [...model.graph.inputs, time] } });
    expect(() => readPolicyFile(withMetadata(bytes, { contrapposto: JSON.stringify(legSpec()) }))).toThrow(
      /also needs the input "time_step"/,
    );
  });
});

describe("an mjlab file", () => {
  const names = jointNames(h12);
  const csv = (value: unknown) => names.map(() => value).join(",");
  const metadata = {
    run_path: "team/run",
    joint_names: names.join(","),
    joint_stiffness: csv("99.098"),
    joint_damping: csv("6.309"),
    default_joint_pos: csv("0.100"),
    action_scale: csv("0.439"),
    observation_names: "base_lin_vel,base_ang_vel,projected_gravity,joint_pos,joint_vel,actions,command",
    command_names: "twist",
  };
  const bytes = (changes: Record<string, string> = {}) =>
    linearBytes({ inputs: 75, outputs: 21, metadata: { ...metadata, ...changes } });

  it("is understood, and says what had to be assumed", () => {
    const { spec, source } = readPolicyFile(bytes());
    expect(source).toBe("mjlab");
    expect(spec).toMatchObject({ name: "team/run", robot: "h1_2", jointNames: names, controlTimestep: 0.02 });
    expect(spec.kp[20]).toBe(99.098);
    expect(spec.torqueLimit[3]).toBe(300);
    expect(spec.observations.map((term) => term.name)).toEqual([
      "base_lin_vel",
      "base_ang_vel",
      "projected_gravity",
      "joint_pos",
      "joint_vel",
      "last_action",
      "velocity_command",
    ]);
    expect(spec.assumptions.join(" ")).toMatch(/names no robot.*control timestep.*three decimals/);
  });

  it("may scale, clip and keep a history of its terms", () => {
    const changes = {
      observation_terms_scale: "1.0,0.25,1.0,1.0,0.05,1.0,2.0;2.0;0.25",
      observation_terms_history_length: "0,3,0,0,0,0,0",
      observation_terms_clip: "-inf;inf,-4.0;4.0,-inf;inf,-inf;inf,-inf;inf,-inf;inf,-inf;inf",
      observation_terms_flatten_history_dim: "1,1,1,1,1,1,1",
    };
    const { observations } = readPolicyFile(bytes(changes)).spec;
    expect(observations[1]).toMatchObject({ scale: 0.25, clip: 1, history: 3 });
    expect(observations[6].scale).toEqual([2, 2, 0.25]);
    expect(observations[0].clip).toBeUndefined();
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ["an unknown observation", { observation_names: "height_scan" }, /observes "height_scan"/],
    ["gains that are no numbers", { joint_stiffness: csv("stiff") }, /joint_stiffness has 21 values/],
    ["gains for other joints", { joint_damping: "1,2,3" }, /joint_damping has 3 values where 21/],
    ["joints of an unknown robot", { joint_names: csv("left_wing") }, /no known robot has/],
    ["an asymmetric clip", { observation_terms_clip: Array(7).fill("0;1").join(",") }, /not symmetric/],
    ["a scale list for other terms", { observation_terms_scale: "1,2" }, /2 entries for 7/],
  ])("with %s is refused", (_, changes, message) => {
    expect(() => readPolicyFile(bytes(changes))).toThrow(PolicyFileError);
    expect(() => readPolicyFile(bytes(changes))).toThrow(message);
  });
});

describe("a holosoma file", () => {
  const names = jointNames(h12);
  const experiment = {
    robot: {
      init_state: { default_joint_angles: Object.fromEntries(names.map((name) => [name, 0.1])) },
      control: { action_scale: 0.3 },
    },
    simulator: { config: { sim: { fps: 200, control_decimation: 4 } } },
    observation: {
      groups: {
        actor_obs: {
          history_length: 1,
          terms: {
            base_ang_vel: { func: "...", scale: 0.25, noise: 0 },
            projected_gravity: { func: "...", scale: 1, noise: 0 },
            command_lin_vel: { func: "...", scale: 1, noise: 0 },
            command_ang_vel: { func: "...", scale: 1, noise: 0 },
            dof_pos: { func: "...", scale: 1, noise: 0.01 },
            dof_vel: { func: "...", scale: 0.05, noise: 0.1 },
            actions: { func: "...", scale: 1, noise: 0 },
            sin_phase: { func: "...", scale: 1, noise: 0 },
            cos_phase: { func: "...", scale: 1, noise: 0 },
          },
        },
      },
    },
  };
  const bytes = (changes: Record<string, unknown> = {}) => {
    const values = {
      dof_names: names,
      kp: names.map(() => 40.2),
      kd: names.map(() => 2.5),
      command_ranges: { lin_vel_x: [-1, 1], lin_vel_y: [-0.5, 0.5], ang_vel_yaw: [-1, 1], heading: [-3, 3] },
      robot_urdf: "<robot/>",
      experiment_config: experiment,
      ...changes,
    };
    const metadata = Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, JSON.stringify(value)]);
    return linearBytes({
      inputs: 76,
      outputs: 21,
      obs: "actor_obs",
      actions: "action",
      metadata: Object.fromEntries(metadata),
    });
  };

  it("is understood: its terms come in alphabetical order", () => {
    const { spec, source } = readPolicyFile(bytes());
    expect(source).toBe("holosoma");
    expect(spec.observations.map((term) => term.name)).toEqual([
      "last_action",
      "base_ang_vel",
      "yaw_command",
      "linear_command",
      "gait_cosine_feet",
      "joint_pos",
      "joint_vel",
      "projected_gravity",
      "gait_phase_feet",
    ]);
    expect(spec).toMatchObject({ controlTimestep: 0.02, robot: "h1_2" });
    expect(spec.actionScale).toEqual(names.map(() => 0.3));
    expect(spec.commands[2]).toEqual({ name: "yawRate", low: -1, high: 1 });
    expect(lintPolicy(readPolicyFile(bytes()), h12).filter((f) => f.severity === "error")).toEqual([]);
  });

  it("tells the gait period, where its experiment has one", () => {
    const command = { setup_terms: { locomotion_gait: { params: { gait_period: 0.9 } } } };
    const { observations } = readPolicyFile(bytes({ experiment_config: { ...experiment, command } })).spec;
    expect(observations[4]).toMatchObject({ name: "gait_cosine_feet", period: 0.9, standThreshold: 0.01 });
  });

  it("without its experiment is read as locomotion if the size is right, and says so", () => {
    const { spec } = readPolicyFile(bytes({ experiment_config: undefined }));
    const described = readPolicyFile(bytes()).spec;
    expect(spec.observations).toEqual(described.observations);
    expect(spec.assumptions.join(" ")).toMatch(/default pose.*action scale.*timestep.*observes.*gait period/);
    expect(spec.defaultJointPos.left_knee_joint).toBe(0.8);
  });

  it("that observes something unknown is refused", () => {
    const small = {
      inputs: 70,
      outputs: 21,
      metadata: { dof_names: JSON.stringify(names), kp: "[1]", kd: "[1]" },
    };
    expect(() => readPolicyFile(linearBytes(small))).toThrow(UndescribedPolicyError);
  });

  it("with terms of motion tracking is refused", () => {
    const group = { terms: { motion_command: { scale: 1 } } };
    const tracking = { experiment_config: { observation: { groups: { actor_obs: group } } } };
    expect(() => readPolicyFile(bytes(tracking))).toThrow(UnsupportedPolicyError);
  });
});

describe("an ONNX file with Unitree's deploy.yaml", () => {
  const h1 = robotByName("h1");
  const slots = [...h1.joints].reverse().map((joint) => joint.motorSlot);
  const perSlot = (value: (slot: number) => number) =>
    JSON.stringify(Array.from({ length: 20 }, (_, slot) => value(slot)));
  const yaml = (observations: string, more = "") => `
joint_ids_map: ${JSON.stringify(slots)}
step_dt: 0.02
stiffness: ${perSlot((slot) => 100 + slot)}
damping: ${perSlot((slot) => slot)}
default_joint_pos: ${JSON.stringify(slots.map((_, i) => i / 100))}
commands:
  base_velocity:
    ranges: {lin_vel_x: [-0.5, 1.0], lin_vel_y: [-0.3, 0.3], ang_vel_z: [-0.2, 0.2], heading: null}
actions:
  JointPositionAction: {clip: null, joint_names: [.*], scale: 0.25, offset: null, joint_ids: null${more}}
observations:
${observations}`;
  const terms = `
  base_ang_vel: {params: {}, clip: null, scale: [0.2, 0.2, 0.2], history_length: 5}
  velocity_commands: {params: {command_name: base_velocity}, clip: [-100, 100], scale: null, history_length: 1}
  joint_pos_rel: {params: {asset_cfg: {joint_ids: [0, 18]}}, clip: null, scale: [1, 2]}
  gait_phase: {params: {period: 0.6}, scale: null, clip: null}`;
  const read = (deployYaml: string, inputs = 22) =>
    readPolicyFile(linearBytes({ inputs, outputs: 19 }), { deployYaml });

  it("is understood: motor slots become joint names", () => {
    const { spec, source } = read(yaml(terms));
    expect(source).toBe("unitree-deploy");
    expect(spec.robot).toBe("h1");
    expect(spec.jointNames).toEqual(jointNames(h1).reverse());
    expect(spec.kp).toEqual(slots.map((slot) => 100 + slot));
    expect(spec.defaultJointPos[spec.jointNames[7]]).toBe(0.07);
    expect(spec.observations).toMatchObject([
      { name: "base_ang_vel", scale: 0.2, history: 5 },
      { name: "velocity_command", clip: 100 },
      { name: "joint_pos", joints: [spec.jointNames[0], spec.jointNames[18]], scale: [1, 2] },
      { name: "gait_phase", period: 0.6, standThreshold: 0 },
    ]);
    expect(lintPolicy(read(yaml(terms)), h1).filter((f) => f.severity === "error")).toEqual([]);
  });

  it.each<[string, string, RegExp]>([
    [
      "absolute joint angles",
      yaml("  joint_pos: {params: {}, scale: null, clip: null}"),
      /observes "joint_pos"/,
    ],
    ["interleaved history", yaml(`  use_gym_history: true${terms}`), /use_gym_history/],
    ["other motors", yaml(terms).replace(/joint_ids_map.*/, "joint_ids_map: [0, 1]"), /2 motors/],
    ["text that is no YAML", "a: [", /cannot be read/],
    ["another file", "hello: world", /cannot be read/],
    ["a joint that is not there", yaml(terms).replace("[0, 18]", "[0, 99]"), /no entry 99/],
  ])("with %s is refused", (_, text, message) => {
    expect(() => read(text)).toThrow(PolicyFileError);
    expect(() => read(text)).toThrow(message);
  });
});

describe("a file without description", () => {
  it("is told to name a preset when nothing fits", () => {
    expect(() => readPolicyFile(linearBytes())).toThrow(UndescribedPolicyError);
    expect(() => readPolicyFile(linearBytes())).toThrow(/36 inputs and 12 outputs.*almi-h1-2-lower/);
  });

  it("is recognised by its sizes, and says so", () => {
    const { spec, source } = readPolicyFile(linearBytes({ inputs: 68, outputs: 9 }));
    expect(source).toBe("preset");
    expect(spec.robot).toBe("h1_2");
    expect(spec.jointNames).toEqual(jointNames(h12, "upper"));
    expect(spec.assumptions[0]).toMatch(/ALMI upper body/);
    const offsets = observationLayout(spec).map((slice) => slice.offset);
    expect(offsets).toEqual([0, 3, 6, 15, 36, 57, 66]);
  });

  it("takes the preset that is named, if it fits", () => {
    const lower = linearBytes({ inputs: 65, outputs: 12 });
    expect(readPolicyFile(lower, { preset: "almi-h1-2-lower" }).spec.assumptions).toEqual([]);
    expect(() => readPolicyFile(lower, { preset: "almi-h1-2-upper" })).toThrow(/68 inputs.*65 inputs/);
    expect(() => readPolicyFile(lower, { preset: "almi" })).toThrow(
      /no policy preset "almi".*almi-h1-2-lower/,
    );
  });

  it("for another robot is told which", () => {
    const walk = linearBytes({ inputs: 41, outputs: 10 });
    expect(() => readPolicyFile(walk, { robots: [h12] })).toThrow(
      /for the H1".*not of a policy for h1_2.*--robot h1/,
    );
  });
});

describe("the presets", () => {
  it("of ALMI have the published layout", () => {
    const { spec } = readPolicyFile(linearBytes({ inputs: 65, outputs: 12 }));
    const layout = observationLayout(spec).map(({ term, offset, length }) => [term.name, offset, length]);
    expect(layout).toEqual([
      ["base_ang_vel", 0, 3],
      ["projected_gravity", 3, 3],
      ["velocity_command", 6, 3],
      ["joint_pos", 9, 21],
      ["joint_vel", 30, 21],
      ["last_action", 51, 12],
      ["gait_phase_feet", 63, 2],
    ]);
    expect(spec.observedJoints).toEqual(jointNames(h12));
    for (const joint of h12.joints) expect(spec.defaultJointPos[joint.name]).toBe(joint.default);
  });

  it.each([
    ["h1", 41, 10],
    ["h1_2", 47, 12],
  ])("of Unitree's %s policy fit the robot", (name, inputs, outputs) => {
    const file = readPolicyFile(linearBytes({ inputs, outputs }), { robots: [robotByName(name)] });
    expect(lintPolicy(file, robotByName(name)).filter((f) => f.severity !== "note")).toEqual([]);
    expect(inspectPolicy(file).observationSize).toBe(inputs);
  });
});

describe.skipIf(!existsSync(PAIRS))("released policies (skipped without the shared data)", () => {
  it.each([
    ["almi_h1_2_lower", "h1_2", 65, 12, 40172],
    ["unitree_h1_walk", "h1", 41, 10, 29802],
    ["unitree_h1_2_walk", "h1_2", 47, 12, 31404],
  ])("%s is read from .pt and from .onnx alike", (name, robot, inputs, outputs, parameters) => {
    const files = ["pt", "onnx"].map((kind) => readPolicyFile(readFileSync(`${PAIRS}/${name}.${kind}`)));
    for (const file of files) {
      const { operators, ...inspection } = inspectPolicy(file);
      expect(inspection).toMatchObject({ robot, observationSize: inputs, parameters, rateHz: 50 });
      expect(inspection.joints).toHaveLength(outputs);
      expect(inspection.recurrent).toEqual({ kind: "lstm", layers: 1, hidden: 64 });
      expect(operators).toContain("LSTM");
    }
    expect(files[0].spec.observations).toEqual(files[1].spec.observations);
    const written = readPolicyFile(writePolicyFile(files[0].model, files[0].spec));
    expect(written.spec).toEqual(files[0].spec);
  });
});

function onlyTypedErrors(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(ContrappostoError);
  }
}
