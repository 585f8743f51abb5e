export { judge, type Seen } from "./combine-readers.ts";
export { DatasetError, type LabelledImage } from "./dataset/dataset.ts";
export { findImages, readDataset } from "./dataset/read-dataset.ts";
export { drawEvaluation } from "./draw-evaluation.ts";
export { type TrainedModel, type TrainingEvent, type TrainingJob, type TrainingResult, trainedModels } from "./job.ts";
export { type Figures, measure, measureRoutes } from "./measure.ts";
