export { type EvaluateOptions, evaluate } from "./evaluation/evaluate.ts";
