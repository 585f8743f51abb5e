export { lockData } from "./data-lock.ts";
export type { DatabasePersons } from "./database-persons.ts";
export { DatabaseRecords } from "./database-records.ts";
export { FileObjects } from "./file-objects.ts";
export { importJournal } from "./import-journal.ts";
export type { KeptObjects } from "./kept-objects.ts";
export { ResultFiles } from "./result-files.ts";
export { S3Objects } from "./s3-objects.ts";
export { sweep } from "./sweep.ts";
