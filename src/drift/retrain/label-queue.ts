import type { LabelTask } from "../../contracts/labels.ts";

/** Why a case is put before a person. */
export type LabelSource = LabelTask["source"];

/** A queue sorted by doubt alone would never learn where the models are surely wrong. */
const quotas: Readonly<Record<LabelSource, number>> = {
  abstention: 0.4,
  audit: 0.3,
  alarm: 0.2,
  repeat: 0.1,
};
const sources = Object.keys(quotas) as LabelSource[];

export type SourceCounts = Readonly<Record<LabelSource, number>>;

/**
 * Where the next case to label is taken from: the source furthest behind its quota among those that have one. What an
 * empty source leaves open goes to the others.
 *
 * @param shown cases already shown, by source
 * @param waiting cases that could be shown
 * @param alarm harm is suspected: cases of the alarmed region go first until there are none
 * @returns undefined when nothing waits
 */
export function nextLabelSource(shown: SourceCounts, waiting: SourceCounts, alarm = false): LabelSource | undefined {
  const open = sources.filter((source) => waiting[source] > 0);
  if (alarm && open.includes("alarm")) return "alarm";
  const total = sources.reduce((sum, source) => sum + shown[source], 0) + 1;
  const behind = (source: LabelSource): number => quotas[source] * total - shown[source];
  return open.reduce<LabelSource | undefined>(
    (best, source) => (best === undefined || behind(source) > behind(best) ? source : best),
    undefined,
  );
}

/** Who is to judge a model must not see its answer first; on abstentions it helps and judges nothing. */
export const modelAnswerShown = (source: LabelSource): boolean => source === "abstention";
