export { assertDownloadable, type CatalogueEntry, entryOf, readCatalogue } from "./catalogue.ts";
export { type RegistryEvent, type ReleasePacks, releaseDigest } from "./event.ts";
export { type MirroredRun, type MirrorResult, MlflowMirror } from "./mlflow.ts";
export { assertSafeOnnx } from "./onnx-safety.ts";
export { type PulledModel, type PullOptions, pullModel } from "./pull.ts";
export { type Decision, Registry } from "./registry.ts";
export { RegistryError } from "./registry-error.ts";
export type { Release } from "./release-state.ts";
