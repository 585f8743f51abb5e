import type { ProgrammeCatalog } from "../contracts/index.ts";
import { modelAnswerShown, nextLabelSource } from "../drift/index.ts";
import type { DatabaseRecords } from "../store/index.ts";

export type LabelRules = Parameters<DatabaseRecords["labelsBy"]>[0];

/** What people may say of the cases of a programme, and which cases they are asked about next. */
export const labelRules = ({ programmes }: ProgrammeCatalog): LabelRules => ({
  // Also of one whose packs are missing just now: its cases are there.
  labelsOf: (programme) => programmes.get(programme)?.manifest,
  // Cases of an alarm wait only while harm is looked into.
  nextSource: (shown, waiting) => nextLabelSource(shown, waiting, waiting.alarm > 0),
  answerShown: modelAnswerShown,
});
