import type { CaseRecord, Decision, Reading } from "../../../contracts/decision.ts";
import type { ImageQualityFloor } from "../../../contracts/programme.ts";
import type { ProgrammeInfo } from "./programme-info.ts";
import { isGrade, kindWords, labelName, spoken } from "./programme-words.ts";

export type { ProgrammeInfo };

/** More findings than this are summed up instead of listed. */
const findingsNamedMax = 3;

export function outcomeWords({ outcome, label, reason }: Decision, programme: ProgrammeInfo): string {
  const { positive, title, task } = programme;
  if (reason === "second-look-pending") return "Pending second look";
  if (outcome === "person") return "A person must look";
  if (outcome === "negative") return `No sign of ${positiveWords(positive, title)} found`;
  if (task === "findings") return `Signs of a finding, most probably ${labelName(label, programme)}`;
  if (isGrade(label)) return `Signs of ${title.toLowerCase()}, ${labelName(label, programme)}`;
  return `Signs of ${positive.length === 1 ? spoken(positive[0] as string) : spoken(label)}`;
}

/** What is looked for, in words: "cataract", "flatfoot, ulcer or hallux valgus". A grade says what it grades. */
export function positiveWords(labels: readonly string[], title: string): string {
  if (labels.every(isGrade)) return `${title.toLowerCase()} of grade ${labels[0]} or more`;
  if (labels.length > findingsNamedMax) return `any of the ${labels.length} findings`;
  const names = labels.map(spoken);
  const last = names.pop() as string;
  return names.length === 0 ? last : `${names.join(", ")} or ${last}`;
}

/** What the band is laid on; records of version 0.1 have two labels and no such field. */
export const suspicionOf = (
  { positiveProbability, probabilities }: Pick<Reading, "positiveProbability" | "probabilities">,
  { positive }: Pick<ProgrammeInfo, "positive">,
): number | undefined => positiveProbability ?? probabilities[positive[0] ?? ""];

/** What to do about a picture that could not be judged; undefined where the outcome speaks for itself. */
export function pictureAdvice(decision: Decision, programme: ProgrammeInfo): string | undefined {
  if (decision.reason === "out-of-domain")
    return `This does not look like ${kindWords(programme)}. If it is the wrong file, send the right one.`;
  if (decision.reason !== "ungradable") return undefined;
  return `The picture is ${faults(decision, programme.quality.ungradable)}. Take the picture again.`;
}

function faults({ quality }: Decision, floor: ImageQualityFloor): string {
  const found = [
    ...(quality.luminance < floor.luminanceMin ? ["too dark"] : []),
    ...(quality.luminance > floor.luminanceMax ? ["too bright"] : []),
    ...(quality.contrast < floor.contrastMin ? ["too flat"] : []),
    ...(quality.sharpness < floor.sharpnessMin ? ["too blurred"] : []),
  ];
  return found.length === 0 ? "too poor to be judged" : found.join(" and ");
}

/** Whether the fine reader was asked, and what made that necessary. */
export function escalationWords({ decision, readings }: CaseRecord, programme: ProgrammeInfo): string {
  const first = readings.find(({ reader }) => reader === "fast");
  const fast = first && suspicionOf(first, programme);
  if (!decision.escalated) return decision.stage === "fast" ? "No: the fast reader was sure." : "Not asked for.";
  if (decision.reason === "second-look-pending") return "Not yet: it could not be had at once.";
  if (decision.reason.startsWith("second-look-")) return "Yes, and it did not read the picture.";
  const { lo, hi } = decision.band;
  if (fast !== undefined && fast > lo && fast < hi) return "Yes: the fast reader was not sure.";
  if (decision.gradability !== "gradable") return "Yes: the quality of the picture made a second look necessary.";
  if (decision.reason === "out-of-domain") return "Yes: the picture is unlike those the readers know.";
  return "Yes: the picture needed a second look.";
}

const qualities: Readonly<Record<Decision["gradability"], string>> = {
  gradable: "Good enough to be judged (gradable)",
  usable: "Just good enough, so both readers looked (usable)",
  ungradable: "Too poor to be judged (ungradable)",
};
export const qualityWords = ({ gradability }: Decision): string => qualities[gradability];

export const readerWords = ({ reader }: Pick<Reading, "reader">): string =>
  reader === "fast" ? "Fast reader" : "Fine reader";

/** Never shows certainty that is not there: 99.96 % is "over 99.9 %", not 100. */
export function percent(probability: number): string {
  if (probability > 0.999 && probability < 1) return "over 99.9 %";
  if (probability > 0 && probability < 0.001) return "under 0.1 %";
  return `${(probability * 100).toFixed(1)} %`;
}

export const seconds = (ms: number): string =>
  ms < 1000 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`;

/** Time of the readers themselves, ms: waiting and sending are not theirs. */
export const readingMs = (readings: readonly Reading[]): number =>
  readings.reduce((sum, { timings }) => sum + timings.computeMs, 0);
