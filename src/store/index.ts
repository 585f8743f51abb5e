export { lockData } from "./data-lock.ts";
export { DatabaseRecords } from "./database-records.ts";
export { FileObjects } from "./file-objects.ts";
export { importJournal } from "./import-journal.ts";
export { sweep } from "./sweep.ts";
