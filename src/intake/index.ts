export { acceptImage } from "./accept-image.ts";
export { ByteBudget, type ByteLease } from "./byte-budget.ts";
export { type IntakeLimits, SIDE_PIXELS_MIN } from "./limits.ts";
export { readBatchUpload } from "./read-batch-upload.ts";
export { readSingleUpload, type SingleUploadOptions } from "./read-single-upload.ts";
export type { BatchItem, BatchUpload, SingleUpload, Upload, UploadOptions } from "./upload.ts";
