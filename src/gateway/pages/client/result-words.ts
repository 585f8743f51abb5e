import type { CaseRecord, Decision, Reading } from "../../../contracts/decision.ts";
import type { ImageQualityFloor } from "../../../contracts/programme.ts";

/** What of GET /v1/programmes this page uses. */
export interface ProgrammeInfo {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** The labels that make a case positive. */
  readonly positive: readonly string[];
  readonly views: readonly string[];
  readonly status: "ready" | "missing";
  readonly reason?: string;
  readonly quality: { readonly ungradable: ImageQualityFloor };
}

/** `diabetic-retinopathy` is a name for machines. */
export const spoken = (label: string): string => label.replaceAll(/[-_]+/g, " ");

/** More findings than this are summed up instead of listed. */
const findingsNamedMax = 3;

export function outcomeWords({ outcome, label }: Decision, { positive, title }: ProgrammeInfo): string {
  if (outcome === "person") return "A person must look";
  if (outcome === "positive") return `Signs of ${findingWords(positive.length === 1 ? positive : [label], title, "")}`;
  return `No sign of ${positiveWords(positive, title)} found`;
}

/** What is looked for, in words: "cataract", "flatfoot, ulcer or hallux valgus". A grade says what it grades. */
export const positiveWords = (positive: readonly string[], title: string): string =>
  findingWords(positive, title, " or more");

function findingWords(labels: readonly string[], title: string, more: string): string {
  if (labels.every(isGrade)) return `${title.toLowerCase()} of grade ${labels[0]}${more}`;
  if (labels.length > findingsNamedMax) return "any finding";
  const names = labels.map(spoken);
  const last = names.pop() as string;
  return names.length === 0 ? last : `${names.join(", ")} or ${last}`;
}

const isGrade = (label: string): boolean => /^\d+$/.test(label);

/** What the band is laid on; records of version 0.1 have two labels and no such field. */
export const suspicionOf = (
  { positiveProbability, probabilities }: Pick<Reading, "positiveProbability" | "probabilities">,
  { positive }: Pick<ProgrammeInfo, "positive">,
): number | undefined => positiveProbability ?? probabilities[positive[0] ?? ""];

/** What to do about a picture that could not be judged; undefined where the outcome speaks for itself. */
export function pictureAdvice(decision: Decision, programme: ProgrammeInfo): string | undefined {
  if (decision.reason === "out-of-domain") return `${unlike(programme)} If it is the wrong file, send the right one.`;
  if (decision.reason !== "ungradable") return undefined;
  return `The picture is ${faults(decision, programme.quality.ungradable)}. Take the picture again.`;
}

const unlike = ({ views }: ProgrammeInfo): string =>
  views.some((view) => /eye|fundus/.test(view))
    ? "This does not look like an eye photograph."
    : "This does not look like a picture of the kind that is read here.";

function faults({ quality }: Decision, floor: ImageQualityFloor): string {
  const found = [
    ...(quality.luminance < floor.luminanceMin ? ["too dark"] : []),
    ...(quality.luminance > floor.luminanceMax ? ["too bright"] : []),
    ...(quality.contrast < floor.contrastMin ? ["too flat"] : []),
    ...(quality.sharpness < floor.sharpnessMin ? ["too blurred"] : []),
  ];
  return found.length === 0 ? "too poor to be judged" : found.join(" and ");
}

/** Several labels with their probabilities, the most probable first. */
const labelsShownMax = 4;
export function labelWords({ probabilities }: Decision): string {
  return Object.entries(probabilities)
    .sort(([, one], [, other]) => other - one)
    .slice(0, labelsShownMax)
    .map(([label, p]) => `${isGrade(label) ? `grade ${label}` : spoken(label)} ${percent(p)}`)
    .join(", ");
}

/** Whether the fine reader was asked, and what made that necessary. */
export function escalationWords({ decision, readings }: CaseRecord, programme: ProgrammeInfo): string {
  const first = readings.find(({ reader }) => reader === "fast");
  const fast = first && suspicionOf(first, programme);
  if (!decision.escalated) return decision.stage === "fast" ? "No: the fast reader was sure." : "Not asked for.";
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
