export { gradients } from "./gradients.ts";
export { Graph } from "./graph.ts";
export {
  constantInitialiser,
  type Initialiser,
  normalInitialiser,
  uniformInitialiser,
  xavierInitialiser,
} from "./initialisers.ts";
export { dotProductAttention, multiHeadAttention } from "./layers/attention.ts";
export { dropout } from "./layers/dropout.ts";
export { layerNorm, normaliseRows } from "./layers/layer-norm.ts";
export { type LstmState, type LstmWeights, lstm, lstmCell, lstmWeights } from "./layers/lstm.ts";
export { linear, mlp } from "./layers/mlp.ts";
export { patchEmbedding, patches } from "./layers/patch-embedding.ts";
export type { FloatType, Node, Operand } from "./node.ts";
export {
  type ActivationName,
  activation,
  elu,
  erf,
  gelu,
  geluExact,
  logSoftmax,
  relu,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
} from "./ops/activation.ts";
export {
  abs,
  add,
  clip,
  div,
  exp,
  greater,
  greaterOrEqual,
  less,
  lessOrEqual,
  log,
  max,
  min,
  mul,
  neg,
  pow,
  sign,
  sqrt,
  square,
  stopGradient,
  sub,
  where,
  withGradient,
} from "./ops/arithmetic.ts";
export { cast, expand, reshape, sum } from "./ops/broadcast.ts";
export { concat, gather, pad, slice, split, stack, transpose, unstack, zerosLike } from "./ops/layout.ts";
export { dense, type GemmOptions, gemm, matmul } from "./ops/linear.ts";
export { mean, sumOfSquares, variance } from "./ops/reduction.ts";
export { type ParameterEntry, ParameterLayout, Parameters } from "./parameters.ts";
export { type Dim, type Shape, ShapeError, sizeOf } from "./shape.ts";
