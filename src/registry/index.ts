export { assertDownloadable, type Catalogue, type CatalogueEntry, entryOf, readCatalogue } from "./catalogue.ts";
export type { Evidence, Lineage, RegistryEvent, ReleasePacks, ReleaseState } from "./event.ts";
export type { EventLog } from "./event-file.ts";
export { type MirroredRun, type MirrorResult, MlflowMirror } from "./mlflow.ts";
export { assertSafeOnnx } from "./onnx-safety.ts";
export { type PulledModel, type PullOptions, pullModel, verifyModel } from "./pull.ts";
export { type Decision, Registry, type ReleaseHistory } from "./registry.ts";
export { RegistryError, type RegistryFault } from "./registry-error.ts";
export { type RegistryState, type Release, stateOf } from "./release-state.ts";
