import { z } from "zod";
import { errorMessage } from "../../common/index.ts";
import { decodeModel, encodeModel, type OnnxModel, readMetadata, withMetadata } from "../../learn/index.ts";
import { type RobotSpec, SHIPPED_ROBOTS } from "../../sim/index.ts";
import { PolicySpec } from "../spec.ts";
import { asPolicy } from "./companions.ts";
import { PolicyFileError } from "./errors.ts";
import type { ImportContext, SpecDraft } from "./foreign.ts";
import { fromHolosomaMetadata, isHolosoma } from "./holosoma.ts";
import { fromMjlabMetadata, isMjlab, toMjlabMetadata } from "./mjlab.ts";
import { normalizePorts, type PolicyPorts } from "./ports.ts";
import { choosePreset } from "./presets/presets.ts";
import { torchScriptToOnnx } from "./torchscript/to-onnx.ts";
import { isZip } from "./torchscript/zip.ts";
import { fromUnitreeDeploy } from "./unitree-deploy.ts";

/** The metadata key that holds our own description. */
const SPEC_KEY = "contrapposto";

/** What told us how to run the weights. */
export type PolicySource = "contrapposto" | "mjlab" | "holosoma" | "unitree-deploy" | "preset";

/** A policy file as it was read: described, and its graph with our input and output names. */
export interface PolicyFile {
  readonly spec: PolicySpec;
  readonly source: PolicySource;
  /** The ONNX file to run or to write; for our own files the bytes that were read. */
  readonly model: Uint8Array;
  readonly graph: OnnxModel;
  readonly ports: PolicyPorts;
}

/** What helps to read a file that does not describe itself fully. */
export interface PolicyFileHints {
  /** Robots that it may be for; the shipped ones by default. */
  readonly robots?: readonly RobotSpec[];
  /** Name of a preset that describes the weights, instead of recognising them by size. */
  readonly preset?: string | undefined;
  /** Text of the `deploy.yaml` that belongs to the weights. */
  readonly deployYaml?: string | undefined;
  /** Name for a policy that has none, such as the file's. */
  readonly name?: string;
}

/**
 * Reads a policy from the bytes of an ONNX file (ours, mjlab's, holosoma's, Unitree's with its `deploy.yaml`, or bare)
 * or of a TorchScript file of legged_gym, rsl_rl or Isaac Lab. What a foreign file leaves open is listed in the
 * spec's `assumptions`. Throws `PolicyFileError` or one of its kin, or `UnknownNameError`.
 */
export function readPolicyFile(bytes: Uint8Array, hints: PolicyFileHints = {}): PolicyFile {
  if (isZip(bytes)) return describeForeign(torchScriptToOnnx(bytes), new Map(), hints, "TorchScript");
  const metadata = asPolicy(() => readMetadata(bytes));
  const decoded = asPolicy(() => decodeModel(bytes));
  const own = metadata.get(SPEC_KEY);
  if (own === undefined) return describeForeign(decoded, metadata, hints, "ONNX");
  const { model: graph, ports } = normalizePorts(decoded);
  const model = graph === decoded ? bytes : encodeModel(graph);
  return { spec: parseSpec(own), source: "contrapposto", model, graph, ports };
}

/**
 * Makes a policy file: the model's bytes with the spec in the metadata, in our key in full and in the keys that mjlab
 * and Isaac Lab tools read. Weights and all other metadata stay as they are.
 * Throws `PolicyFileError` for a spec that contradicts itself, `OnnxFormatError` for bytes that are no model.
 */
export function writePolicyFile(model: Uint8Array, spec: PolicySpec): Uint8Array {
  const checked = checkSpec(spec);
  return withMetadata(model, { [SPEC_KEY]: JSON.stringify(checked), ...toMjlabMetadata(checked) });
}

function describeForeign(
  raw: OnnxModel,
  metadata: ReadonlyMap<string, string>,
  hints: PolicyFileHints,
  container: string,
): PolicyFile {
  const { model: graph, ports } = normalizePorts(raw);
  const context: ImportContext = {
    ports,
    robots: hints.robots ?? SHIPPED_ROBOTS,
    name: hints.name ?? "policy",
  };
  const { source, draft } = draftSpec(metadata, context, hints, container);
  return { spec: checkSpec(draft), source, model: encodeModel(graph), graph, ports };
}

/** Who describes the weights: what the user names comes before what the file says. */
function draftSpec(
  metadata: ReadonlyMap<string, string>,
  context: ImportContext,
  hints: PolicyFileHints,
  container: string,
): { source: PolicySource; draft: SpecDraft } {
  if (hints.deployYaml !== undefined)
    return { source: "unitree-deploy", draft: fromUnitreeDeploy(hints.deployYaml, context) };
  const isNamed = hints.preset !== undefined;
  if (!isNamed && isMjlab(metadata)) return { source: "mjlab", draft: fromMjlabMetadata(metadata, context) };
  if (!isNamed && isHolosoma(metadata))
    return { source: "holosoma", draft: fromHolosomaMetadata(metadata, context) };
  const preset = choosePreset(context.ports, context.robots, hints.preset);
  const recognised = `The file does not describe itself; its sizes are those of "${preset.title}" (preset ${preset.name}).`;
  return {
    source: "preset",
    draft: {
      ...preset.spec,
      recurrent: context.ports.recurrent,
      importedFrom: `${container} with preset ${preset.name}`,
      assumptions: isNamed ? [] : [recognised],
    },
  };
}

function parseSpec(text: string): PolicySpec {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new PolicyFileError(
      `The description inside the file is not JSON: ${errorMessage(cause)}.`,
      "Export or copy the file again.",
      { cause },
    );
  }
  return checkSpec(document);
}

function checkSpec(document: unknown): PolicySpec {
  const parsed = PolicySpec.safeParse(withoutUndefined(document));
  if (parsed.success) return parsed.data;
  throw new PolicyFileError(
    `The policy's description is wrong: ${z.prettifyError(parsed.error).replace(/\s+/g, " ")}.`,
    "Export the policy again with a matching version of its tool.",
    { cause: parsed.error },
  );
}

/** Drops keys whose value is undefined, which drafts use for what a file lacks. */
function withoutUndefined(document: unknown): unknown {
  if (typeof document !== "object" || document === null) return document;
  return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== undefined));
}
