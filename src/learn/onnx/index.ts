export { decodeModel } from "./decode.ts";
export { encodeModel } from "./encode.ts";
export { OnnxFormatError } from "./errors.ts";
export { externalDataFiles, withExternalData } from "./external-data.ts";
export { readMetadata, withMetadata } from "./metadata.ts";
export {
  attribute,
  elementCount,
  float32Tensor,
  int64Tensor,
  ONNX_ELEMENT_TYPES,
  type OnnxAttribute,
  type OnnxDim,
  type OnnxElementType,
  type OnnxGraph,
  type OnnxInt,
  type OnnxModel,
  type OnnxNode,
  type OnnxOpset,
  type OnnxTensor,
  type OnnxTensorData,
  type OnnxValueInfo,
} from "./model.ts";
