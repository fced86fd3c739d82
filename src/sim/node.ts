export { readModel } from "./model-files/read-model.ts";
