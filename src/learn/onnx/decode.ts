import { errorMessage } from "../../common/index.ts";
import { OnnxFormatError } from "./errors.ts";
import type {
  OnnxAttribute,
  OnnxDim,
  OnnxElementType,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxOpset,
  OnnxTensor,
  OnnxValueInfo,
} from "./model.ts";
import {
  ATTRIBUTE,
  ATTRIBUTE_TYPE,
  DIM,
  GRAPH,
  MODEL,
  NODE,
  OPSET,
  TENSOR_TYPE,
  TYPE,
  VALUE_INFO,
} from "./proto-fields.ts";
import { decodeEntry, decodeTensor, type ExternalData, elementType, keep } from "./tensor-proto.ts";
import { type Field, readFields } from "./wire-format.ts";

const MAX_NESTING = 32;

/**
 * Decodes an ONNX model; the values are copied, so `bytes` may be reused.
 * Throws `OnnxFormatError` for bytes that are cut, damaged or no model at all.
 *
 * @param external the files beside the model that hold its large tensors; see `externalDataFiles`
 */
export function decodeModel(bytes: Uint8Array, external?: ExternalData): OnnxModel {
  try {
    // A plain view: Node's Buffer would hand out views where Uint8Array copies.
    return decodeModelProto(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), external);
  } catch (cause) {
    if (cause instanceof OnnxFormatError) throw cause;
    throw new OnnxFormatError(`The ONNX file cannot be read: ${errorMessage(cause)}.`, undefined, { cause });
  }
}

function decodeModelProto(bytes: Uint8Array, external: ExternalData | undefined): OnnxModel {
  let irVersion = 0;
  let producerName: string | undefined;
  let producerVersion: string | undefined;
  let graph: OnnxGraph | undefined;
  const opsets: OnnxOpset[] = [];
  const metadata: [string, string][] = [];
  const extra: Uint8Array[] = [];
  for (const field of readFields(bytes)) {
    if (field.number === MODEL.irVersion) irVersion = field.number32();
    else if (field.number === MODEL.producerName) producerName = field.text();
    else if (field.number === MODEL.producerVersion) producerVersion = field.text();
    else if (field.number === MODEL.graph) graph = decodeGraph(field.bytes(), 0, external);
    else if (field.number === MODEL.opsetImport) opsets.push(decodeOpset(field.bytes()));
    else if (field.number === MODEL.metadataProps) metadata.push(decodeEntry(field.bytes()));
    else extra.push(field.encoded);
  }
  if (graph === undefined || irVersion === 0)
    throw new OnnxFormatError("The bytes are not an ONNX model.", "Name an .onnx file.");
  return {
    irVersion,
    opsets,
    graph,
    metadata: Object.fromEntries(metadata),
    ...(producerName === undefined ? {} : { producerName }),
    ...(producerVersion === undefined ? {} : { producerVersion }),
    ...keep(extra),
  };
}

function decodeGraph(bytes: Uint8Array, depth: number, external?: ExternalData): OnnxGraph {
  if (depth > MAX_NESTING) throw new OnnxFormatError(`Graphs are nested more than ${MAX_NESTING} deep.`);
  let name = "";
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const inputs: OnnxValueInfo[] = [];
  const outputs: OnnxValueInfo[] = [];
  const valueInfo: OnnxValueInfo[] = [];
  const extra: Uint8Array[] = [];
  for (const field of readFields(bytes)) {
    if (field.number === GRAPH.node) nodes.push(decodeNode(field.bytes(), depth));
    else if (field.number === GRAPH.name) name = field.text();
    else if (field.number === GRAPH.initializer) initializers.push(decodeTensor(field.bytes(), external));
    else if (field.number === GRAPH.input) inputs.push(decodeValueInfo(field.bytes()));
    else if (field.number === GRAPH.output) outputs.push(decodeValueInfo(field.bytes()));
    else if (field.number === GRAPH.valueInfo) valueInfo.push(decodeValueInfo(field.bytes()));
    else extra.push(field.encoded);
  }
  return {
    name,
    nodes,
    initializers,
    inputs,
    outputs,
    ...(valueInfo.length > 0 ? { valueInfo } : {}),
    ...keep(extra),
  };
}

function decodeNode(bytes: Uint8Array, depth: number): OnnxNode {
  let opType = "";
  let name: string | undefined;
  let domain: string | undefined;
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: [string, OnnxAttribute][] = [];
  const extra: Uint8Array[] = [];
  for (const field of readFields(bytes)) {
    if (field.number === NODE.input) inputs.push(field.text());
    else if (field.number === NODE.output) outputs.push(field.text());
    else if (field.number === NODE.name) name = field.text();
    else if (field.number === NODE.opType) opType = field.text();
    else if (field.number === NODE.attribute) attributes.push(decodeAttribute(field.bytes(), depth));
    else if (field.number === NODE.domain) domain = field.text();
    else extra.push(field.encoded);
  }
  return {
    opType,
    inputs,
    outputs,
    ...(attributes.length > 0 ? { attributes: Object.fromEntries(attributes) } : {}),
    ...(name ? { name } : {}),
    ...(domain ? { domain } : {}),
    ...keep(extra),
  };
}

function decodeAttribute(bytes: Uint8Array, depth: number): [string, OnnxAttribute] {
  const fields = [...readFields(bytes)];
  const only = (number: number) => fields.findLast((field) => field.number === number);
  const all = <T>(number: number, read: (field: Field) => Iterable<T>): T[] =>
    fields.filter((field) => field.number === number).flatMap((field) => [...read(field)]);
  const name = only(ATTRIBUTE.name)?.text() ?? "";
  const type = only(ATTRIBUTE.type)?.number32();
  const plain = fields.every((field) => MODELLED_ATTRIBUTE_FIELDS.has(field.number));
  if (plain && type === ATTRIBUTE_TYPE.float)
    return [name, { kind: "float", value: only(ATTRIBUTE.float)?.float() ?? 0 }];
  if (plain && type === ATTRIBUTE_TYPE.int)
    return [name, { kind: "int", value: only(ATTRIBUTE.int)?.int() ?? 0 }];
  if (plain && type === ATTRIBUTE_TYPE.floats)
    return [name, { kind: "floats", value: all(ATTRIBUTE.floats, (f) => f.floats()) }];
  if (plain && type === ATTRIBUTE_TYPE.ints)
    return [name, { kind: "ints", value: all(ATTRIBUTE.ints, (f) => f.ints()) }];
  if (plain && type === ATTRIBUTE_TYPE.string)
    return [
      name,
      textAttribute(bytes, () => ({ kind: "string", value: only(ATTRIBUTE.string)?.text() ?? "" })),
    ];
  if (plain && type === ATTRIBUTE_TYPE.strings)
    return [
      name,
      textAttribute(bytes, () => ({ kind: "strings", value: all(ATTRIBUTE.strings, (f) => [f.text()]) })),
    ];
  const tensor = only(ATTRIBUTE.tensor);
  if (plain && type === ATTRIBUTE_TYPE.tensor && tensor)
    return [name, { kind: "tensor", value: decodeTensor(tensor.bytes()) }];
  const graph = only(ATTRIBUTE.graph);
  if (plain && type === ATTRIBUTE_TYPE.graph && graph)
    return [name, { kind: "graph", value: decodeGraph(graph.bytes(), depth + 1) }];
  return [name, { kind: "encoded", value: bytes.slice() }];
}

const MODELLED_ATTRIBUTE_FIELDS: ReadonlySet<number> = new Set(Object.values(ATTRIBUTE));

/** String attributes are byte strings: those that are not UTF-8 stay encoded. */
function textAttribute(bytes: Uint8Array, read: () => OnnxAttribute): OnnxAttribute {
  try {
    return read();
  } catch {
    return { kind: "encoded", value: bytes.slice() };
  }
}

function decodeValueInfo(bytes: Uint8Array): OnnxValueInfo {
  let name = "";
  let tensor: { type?: OnnxElementType; shape?: OnnxDim[] } = {};
  const extra: Uint8Array[] = [];
  for (const field of readFields(bytes)) {
    const type = field.number === VALUE_INFO.type ? decodeTensorType(field.bytes()) : undefined;
    if (field.number === VALUE_INFO.name) name = field.text();
    else if (type !== undefined) tensor = type;
    else extra.push(field.encoded);
  }
  return { name, ...tensor, ...keep(extra) };
}

/** The tensor type inside a TypeProto; undefined when it is a sequence, a map, or says more than we model. */
function decodeTensorType(bytes: Uint8Array): { type?: OnnxElementType; shape?: OnnxDim[] } | undefined {
  const fields = [...readFields(bytes)];
  if (fields.length !== 1 || fields[0].number !== TYPE.tensorType) return undefined;
  let type: OnnxElementType | undefined;
  let shape: OnnxDim[] | undefined;
  for (const field of readFields(fields[0].bytes())) {
    if (field.number === TENSOR_TYPE.elemType) type = elementType(field.number32());
    else if (field.number === TENSOR_TYPE.shape) shape = [...readFields(field.bytes())].map(decodeDim);
  }
  if (type === undefined) return undefined;
  return { type, ...(shape === undefined ? {} : { shape }) };
}

function decodeDim(dim: Field): OnnxDim {
  let value: OnnxDim = null;
  for (const field of readFields(dim.bytes())) {
    if (field.number === DIM.value) value = field.number32();
    else if (field.number === DIM.param) value = field.text();
  }
  return value;
}

function decodeOpset(bytes: Uint8Array): OnnxOpset {
  let domain = "";
  let version = 0;
  for (const field of readFields(bytes)) {
    if (field.number === OPSET.domain) domain = field.text();
    else if (field.number === OPSET.version) version = field.number32();
  }
  return { domain, version };
}
