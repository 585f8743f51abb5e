export type { EngineOptions } from "./engine-options.ts";
export { LocalPredictor } from "./local-predictor.ts";
export { TracedPredictor } from "./traced-predictor.ts";
export { pictureChanges } from "./views/changed-picture-task.ts";
export { ChangedPictureThread } from "./views/changed-picture-thread.ts";
