import {
  ONNX_ELEMENT_TYPES,
  type OnnxAttribute,
  type OnnxDim,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxValueInfo,
} from "./model.ts";
import {
  ATTRIBUTE,
  ATTRIBUTE_TYPE,
  DIM,
  ENTRY,
  GRAPH,
  MODEL,
  NODE,
  OPSET,
  SHAPE,
  TENSOR_TYPE,
  TYPE,
  VALUE_INFO,
} from "./proto-fields.ts";
import { encodeTensor } from "./tensor-proto.ts";
import { MessageWriter } from "./wire-format.ts";

/** Encodes a model as the bytes of an .onnx file. Throws `OnnxFormatError` for a tensor that contradicts itself. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const out = new MessageWriter();
  out.int(MODEL.irVersion, model.irVersion);
  if (model.producerName !== undefined) out.text(MODEL.producerName, model.producerName);
  if (model.producerVersion !== undefined) out.text(MODEL.producerVersion, model.producerVersion);
  for (const opset of model.opsets) {
    out.message(MODEL.opsetImport, (o) => {
      if (opset.domain !== "") o.text(OPSET.domain, opset.domain);
      o.int(OPSET.version, opset.version);
    });
  }
  out.message(MODEL.graph, (o) => encodeGraph(model.graph, o));
  if (model.extra !== undefined) out.verbatim(model.extra);
  for (const [key, value] of Object.entries(model.metadata)) encodeEntry(key, value, out);
  return out.finish().slice();
}

/** Appends one metadata entry to an encoded model. */
export function encodeEntry(key: string, value: string, out: MessageWriter): void {
  out.message(MODEL.metadataProps, (o) => {
    o.text(ENTRY.key, key);
    o.text(ENTRY.value, value);
  });
}

function encodeGraph(graph: OnnxGraph, out: MessageWriter): void {
  for (const node of graph.nodes) out.message(GRAPH.node, (o) => encodeNode(node, o));
  out.text(GRAPH.name, graph.name);
  for (const tensor of graph.initializers) out.message(GRAPH.initializer, (o) => encodeTensor(tensor, o));
  for (const value of graph.inputs) out.message(GRAPH.input, (o) => encodeValueInfo(value, o));
  for (const value of graph.outputs) out.message(GRAPH.output, (o) => encodeValueInfo(value, o));
  for (const value of graph.valueInfo ?? []) out.message(GRAPH.valueInfo, (o) => encodeValueInfo(value, o));
  if (graph.extra !== undefined) out.verbatim(graph.extra);
}

function encodeNode(node: OnnxNode, out: MessageWriter): void {
  for (const input of node.inputs) out.text(NODE.input, input);
  for (const output of node.outputs) out.text(NODE.output, output);
  if (node.name !== undefined) out.text(NODE.name, node.name);
  out.text(NODE.opType, node.opType);
  for (const [name, value] of Object.entries(node.attributes ?? {})) {
    if (value.kind === "encoded") out.bytes(NODE.attribute, value.value);
    else out.message(NODE.attribute, (o) => encodeAttribute(name, value, o));
  }
  if (node.domain !== undefined) out.text(NODE.domain, node.domain);
  if (node.extra !== undefined) out.verbatim(node.extra);
}

type ModelledAttribute = Exclude<OnnxAttribute, { kind: "encoded" }>;

function encodeAttribute(name: string, attribute: ModelledAttribute, out: MessageWriter): void {
  out.text(ATTRIBUTE.name, name);
  encodeAttributeValue(attribute, out);
  out.int(ATTRIBUTE.type, ATTRIBUTE_TYPE[attribute.kind]);
}

function encodeAttributeValue(attribute: ModelledAttribute, out: MessageWriter): void {
  const { kind, value } = attribute;
  if (kind === "float") out.float(ATTRIBUTE.float, value);
  else if (kind === "int") out.int(ATTRIBUTE.int, value);
  else if (kind === "string") out.text(ATTRIBUTE.string, value);
  else if (kind === "tensor") out.message(ATTRIBUTE.tensor, (o) => encodeTensor(value, o));
  else if (kind === "graph") out.message(ATTRIBUTE.graph, (o) => encodeGraph(value, o));
  else if (kind === "floats") out.packedFloats(ATTRIBUTE.floats, value);
  else if (kind === "ints") out.packedInts(ATTRIBUTE.ints, value);
  else for (const text of value) out.text(ATTRIBUTE.strings, text);
}

function encodeValueInfo(value: OnnxValueInfo, out: MessageWriter): void {
  out.text(VALUE_INFO.name, value.name);
  if (value.type !== undefined)
    out.message(VALUE_INFO.type, (o) => o.message(TYPE.tensorType, (t) => encodeTensorType(value, t)));
  if (value.extra !== undefined) out.verbatim(value.extra);
}

function encodeTensorType({ type, shape }: OnnxValueInfo, out: MessageWriter): void {
  if (type !== undefined) out.int(TENSOR_TYPE.elemType, ONNX_ELEMENT_TYPES[type].code);
  if (shape === undefined) return;
  out.message(TENSOR_TYPE.shape, (o) => {
    for (const dim of shape) o.message(SHAPE.dim, (d) => encodeDim(dim, d));
  });
}

function encodeDim(dim: OnnxDim, out: MessageWriter): void {
  if (typeof dim === "number") out.int(DIM.value, dim);
  else if (dim !== null) out.text(DIM.param, dim);
}
