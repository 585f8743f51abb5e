export { acceptImage } from "./accept-image.ts";
export { decodeBase64 } from "./base64.ts";
export { ByteBudget, type ByteLease } from "./byte-budget.ts";
export type { IntakeLimits } from "./limits.ts";
export { readBatchUpload } from "./read-batch-upload.ts";
export { type JsonObject, readJsonObject } from "./read-json-object.ts";
export { readSingleUpload } from "./read-single-upload.ts";
export type { BatchItem, SingleUpload, Upload } from "./upload.ts";
