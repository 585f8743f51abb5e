import { uuidv7 } from "uuidv7";

/** Sortable by creation time, not guessable by counting. */
export const newCaseId = (): string => uuidv7();
export const newRequestId = (): string => uuidv7();
