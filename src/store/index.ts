export { DataInUse, lockData } from "./data-lock.ts";
export { DatabaseRecords, type RecordSettings } from "./database-records.ts";
export { FileObjects } from "./file-objects.ts";
export { importJournal } from "./import-journal.ts";
export { orphanAgeMs, type Swept, sweep } from "./sweep.ts";
