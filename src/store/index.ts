export { CaseJournal } from "./case-journal.ts";
export { FileObjects } from "./file-objects.ts";
