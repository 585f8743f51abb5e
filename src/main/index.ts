export { entryOf, RegistryError, readCatalogue } from "../registry/index.ts";
export { DatasetError, type TrainedModel, trainedModels } from "../training/index.ts";
export { type DoctorFinding, examine } from "./doctor.ts";
export { benchMachine, type MachineBench, type ProgrammeBench } from "./doctor-bench.ts";
export {
  type DriftStream,
  type DriftStreamWish,
  driftChanges,
  openDriftStream,
  type StreamedTruth,
} from "./drift-stream.ts";
export {
  type AnsweredCase,
  type DriftCheck,
  type DriftStreamCounts,
  type DriftStreamReport,
  reportStream,
} from "./drift-stream-report.ts";
export { type Evaluation, evaluateProgramme } from "./evaluate.ts";
export { startGateway } from "./gateway.ts";
export { migrateRecords, verifyAudit } from "./maintenance.ts";
export {
  listModels,
  promoteRelease,
  rollbackRelease,
  showRelease,
  verifyModels,
} from "./model-releases.ts";
export { installModel } from "./models.ts";
export { startNode } from "./node.ts";
export { type FileReader, openFileReader } from "./reader.ts";
export { planTraining, runTraining, TrainingStopped } from "./train.ts";
export { finishTraining, mirrorRuns } from "./training-run.ts";
