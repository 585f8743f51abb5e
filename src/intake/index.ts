export { acceptImage } from "./accept-image.ts";
export { ByteBudget } from "./byte-budget.ts";
export type { IntakeLimits } from "./limits.ts";
export { readBatchUpload } from "./read-batch-upload.ts";
export { readSingleUpload } from "./read-single-upload.ts";
export type { BatchItem, SingleUpload, Upload } from "./upload.ts";
