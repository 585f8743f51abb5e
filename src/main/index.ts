export { RegistryError } from "../registry/index.ts";
export { DatasetError, type TrainedModel, trainedModels } from "../training/index.ts";
export { type DoctorFinding, examine } from "./doctor.ts";
export { type Evaluation, evaluateProgramme } from "./evaluate.ts";
export { startGateway } from "./gateway.ts";
export { migrateRecords, verifyAudit } from "./maintenance.ts";
export {
  listModels,
  type ModelLine,
  promoteRelease,
  registerRelease,
  rollbackRelease,
  showRelease,
  verifyModels,
} from "./model-releases.ts";
export { type InstalledModel, installModel } from "./models.ts";
export { type FileReader, openFileReader } from "./reader.ts";
export { planTraining, runTraining, TrainingStopped } from "./train.ts";
export { type FinishedTraining, finishTraining, mirrorRuns } from "./training-run.ts";
