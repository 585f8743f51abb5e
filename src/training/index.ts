export { DatasetError } from "./dataset/dataset.ts";
export { readDataset } from "./dataset/read-dataset.ts";
export { type TrainedModel, type TrainingEvent, type TrainingJob, type TrainingResult, trainedModels } from "./job.ts";
export { type Figures, type Judged, measure, measureRoutes, type Routed } from "./measure.ts";
