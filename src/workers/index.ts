export type { EngineOptions } from "./engine-options.ts";
export { LocalPredictor } from "./local-predictor.ts";
