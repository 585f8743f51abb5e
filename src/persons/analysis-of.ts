import type { CaseRecord, EyeAnalysis, NotificationType, Severity } from "../contracts/index.ts";
import { labelWords, severityOfFinding, wordsOfProgramme } from "./programme-words.ts";

export const needsPerson = "needs a person";
/** What is said in place of a label where no label may be named. */
export const ungradableWords = "Ungradable image";
export const notAnEyeWords = "Not an eye scan";
export const unclearWords = `Unclear, ${needsPerson}`;
export const pendingWords = `Pending second look, ${needsPerson}`;

/** Labels less probable than this, in percent, are no finding worth a line. */
const shownMin = 1;

/** A probability as percent with two digits behind the point. */
export const percent = (probability: number): number => Math.round(probability * 10_000) / 100;

/**
 * What a recorded case says, in words for a doctor. A case that a person must decide never reads as a normal one: it is
 * called ungradable, no eye, unclear, or a suspicion. Confidence is calibrated, of the label that is named, in percent;
 * 0 where none is.
 */
export function analysisOf(record: CaseRecord): EyeAnalysis {
  const { decision } = record;
  const named = namedLabel(record);
  return {
    classification: classificationOf(record, named),
    confidence: named === undefined ? 0 : percent(decision.probability),
    findings: findingsOf(record),
    recommendation: recommendationOf(record),
    explanation: explanationOf(record),
  };
}

/** How soon somebody should look at what a recorded case says. */
export function severityOf(record: CaseRecord): Severity {
  const { outcome, probability } = record.decision;
  if (outcome === "person") return "undecided";
  return outcome === "positive" ? severityOfFinding(record.programme, percent(probability)) : "info";
}

/** A case with a finding; one that is undecided is not known to have any. */
export const isAbnormal = ({ decision }: CaseRecord): boolean => decision.outcome === "positive";

/** What kind of message the result of a reading is. */
export function notificationTypeOf(record: CaseRecord, severity: Severity): NotificationType {
  if (severity === "critical") return "critical";
  return record.decision.outcome === "negative" && severity === "info" ? "success" : "info";
}

/** No automatic answer on these rests on anything in the picture. */
export const isUnreadable = ({ decision }: CaseRecord): boolean =>
  decision.reason === "ungradable" || decision.reason === "out-of-domain";

/** A second look was needed and is not there: what the first one saw is no finding. */
export const lacksSecondLook = ({ decision }: CaseRecord): boolean => decision.reason.startsWith("second-look-");

/** The label, where it may be named: of a case that is undecided only one that is a suspicion. */
function namedLabel(record: CaseRecord): string | undefined {
  const { outcome, label } = record.decision;
  if (outcome !== "person") return label;
  const known = wordsOfProgramme(record.programme);
  const isNothing = isUnreadable(record) || lacksSecondLook(record);
  return isNothing || known === undefined || known.normal.has(label) ? undefined : label;
}

function classificationOf({ decision, programme }: CaseRecord, named: string | undefined): string {
  if (decision.outcome !== "person") return labelWords(programme, decision.label);
  if (decision.reason === "ungradable") return ungradableWords;
  if (decision.reason === "out-of-domain") return notAnEyeWords;
  if (decision.reason === "second-look-pending") return pendingWords;
  return named === undefined ? unclearWords : `${suspicionOf(programme, named)}, ${needsPerson}`;
}

export const suspicionOf = (programme: string, label: string): string =>
  `Suspected ${labelWords(programme, label).toLowerCase()}`;

function findingsOf(record: CaseRecord): string[] {
  const { decision, programme } = record;
  const { luminance, contrast, sharpness } = decision.quality;
  const measured = [
    ["luminance", luminance],
    ["contrast", contrast],
    ["sharpness", sharpness],
  ] as const;
  const quality = measured.map(([name, value]) => `${name} ${value.toFixed(1)}`).join(", ");
  // What a reader computes on a picture that it cannot read is no finding.
  if (isUnreadable(record) || lacksSecondLook(record)) return [`Image quality: ${decision.gradability} (${quality})`];
  const labels = Object.entries(decision.probabilities)
    .filter(([, probability]) => percent(probability) >= shownMin)
    .sort(([, one], [, other]) => other - one)
    .map(([label, probability]) => `${labelWords(programme, label)}: ${percent(probability)} %`);
  return decision.gradability === "gradable"
    ? labels
    : [...labels, `Image quality: ${decision.gradability} (${quality})`];
}

function recommendationOf(record: CaseRecord): string {
  const { outcome, reason } = record.decision;
  if (reason === "ungradable") return "Take another picture; until then this case needs a person.";
  if (reason === "out-of-domain") return "Check that this is the right picture; this case needs a person.";
  if (reason === "second-look-pending")
    return "Nothing is decided yet: ask for this case again; until then it needs a person.";
  if (outcome === "person") return "The reading is not clear: this case needs a person.";
  if (outcome === "negative") return "None of the conditions that are looked for was found. A doctor confirms.";
  return severityOf(record) === "critical"
    ? "Have an ophthalmologist look at this soon. A doctor confirms."
    : "Have an ophthalmologist look at this. A doctor confirms.";
}

function explanationOf({ decision, readings }: CaseRecord): string {
  const packs = readings.map(({ pack }) => pack).join(" and ");
  const certified = decision.band.certificate.certified
    ? ""
    : ` The thresholds are not certified: ${decision.band.certificate.reason.replace(/\.$/, "")}.`;
  return `${decision.explanation} Read by ${packs}.${certified}`;
}
