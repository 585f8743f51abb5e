export { judge, type Seen } from "./combine-readers.ts";
export { DatasetError, type LabelledImage } from "./dataset/dataset.ts";
export { findImages, readDataset } from "./dataset/read-dataset.ts";
export { type TrainedModel, type TrainingEvent, type TrainingJob, type TrainingResult, trainedModels } from "./job.ts";
export { type Figures, type Judged, measure, measureRoutes, type Routed } from "./measure.ts";
