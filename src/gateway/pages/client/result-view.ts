import type { CaseRecord, Reading } from "../../../contracts/decision.ts";
import { bandView } from "./band-view.ts";
import { element } from "./element.ts";
import { pictureView } from "./heatmap-view.ts";
import { labelBarsView } from "./label-bars.ts";
import {
  escalationWords,
  outcomeWords,
  type ProgrammeInfo,
  percent,
  pictureAdvice,
  positiveWords,
  qualityWords,
  readerWords,
  readingMs,
  seconds,
  suspicionOf,
} from "./result-words.ts";

export interface ResultParts {
  readonly record: CaseRecord;
  readonly programme: ProgrammeInfo;
  readonly name: string;
  /** Of the picture on the person's own disk; absent where only the server has it. */
  readonly url?: string;
  /** Absent where nobody waited for it here. */
  readonly tookMs?: number;
  /** Whether the details are there from the start. */
  readonly open: boolean;
}

/** A result, from what matters most to what matters for the file: outcome, why, how sure, details, disclaimer. */
export function resultView(parts: ResultParts): HTMLElement {
  const { record, programme } = parts;
  if (record.status === "provisional") return pendingView(parts);
  const advice = pictureAdvice(record.decision, programme);
  return element(
    "div",
    { class: "result" },
    element("p", { class: `outcome ${record.decision.outcome}` }, outcomeWords(record.decision, programme)),
    ...(advice === undefined ? [] : [element("p", { class: "advice" }, advice)]),
    element("p", { class: "why" }, record.decision.explanation),
    bandView(record, programme),
    advice === undefined ? labelBarsView(record, programme) : undefined,
    ...(advice === undefined
      ? []
      : [
          element(
            "p",
            { class: "hint" },
            "The scores are shown for the record. On a picture like this one they decide nothing.",
          ),
        ]),
    detailsView(parts),
    element("p", { class: "disclaimer" }, record.disclaimer),
  );
}

/** Nothing is decided: no scores and no band, which would be taken for a result. */
function pendingView(parts: ResultParts): HTMLElement {
  const { decision, disclaimer } = parts.record;
  return element(
    "div",
    { class: "result" },
    element("p", { class: "outcome person" }, outcomeWords(decision, parts.programme)),
    element("p", { class: "why" }, decision.explanation),
    detailsView(parts),
    element("p", { class: "disclaimer" }, disclaimer),
  );
}

/** Pictures are decoded when someone opens the details, not for every row of a long list. */
function detailsView(parts: ResultParts): HTMLElement {
  const { record, programme, name, url, tookMs, open } = parts;
  const facts = factsView(record, programme, tookMs);
  const details = element(
    "details",
    {},
    element("summary", {}, "Details and picture"),
    element("div", { class: "detail-grid" }, facts),
  );
  const picture = { record, programme, name, ...(url !== undefined && { url }) };
  const showPicture = (): void => details.querySelector(".detail-grid")?.prepend(pictureView(picture));
  details.addEventListener("toggle", showPicture, { once: true });
  details.open = open;
  return details;
}

function factsView(record: CaseRecord, programme: ProgrammeInfo, tookMs: number | undefined): HTMLElement {
  const { decision, readings } = record;
  const readMs = seconds(readingMs(readings));
  const time =
    tookMs === undefined ? `${readMs} of reading` : `${seconds(tookMs)} until the answer, ${readMs} of it reading`;
  const facts: readonly (readonly [string, string])[] = [
    ...readings.map((reading) => [readerWords(reading), readingWords(reading, programme)] as const),
    ["Fine reader asked", escalationWords(record, programme)],
    ["Quality of the picture", qualityWords(decision)],
    ["Time", time],
    ...(record.patientId === undefined ? [] : [["Person", record.patientId] as const]),
    ...(record.laterality === undefined ? [] : [["Side", record.laterality] as const]),
    ["Case", record.id],
  ];
  return element(
    "dl",
    { class: "facts" },
    ...facts.flatMap(([term, words]) => [element("dt", {}, term), element("dd", {}, words)]),
  );
}

const readingWords = (reading: Reading, programme: ProgrammeInfo): string =>
  `${percent(suspicionOf(reading, programme) ?? Number.NaN)} ${positiveWords(programme.positive, programme.title)} (${reading.pack})`;
