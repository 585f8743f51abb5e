export { type EngineOptions, LocalPredictor } from "./local-predictor.ts";
