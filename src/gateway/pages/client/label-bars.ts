import type { CaseRecord } from "../../../contracts/decision.ts";
import { drawing, element } from "./element.ts";
import { isGrade, labelName } from "./programme-words.ts";
import { type ProgrammeInfo, percent } from "./result-words.ts";

/** More labels than this are folded away, the most probable ones first. */
export const labelsShownMax = 5;

const notes = {
  grades: "The grade that is named is the best estimate from all of these together, which need not be the longest bar.",
  findings: "Several may be there at once: each bar stands for itself.",
  classes: "One of these: the bars add up to 100 %.",
} as const;

export interface LabelBar {
  readonly label: string;
  /** Calibrated, [0, 1]. */
  readonly probability: number;
}

/** Grades in their order, everything else the most probable first; two labels need no list beside the band. */
export function labelBars({ decision }: Pick<CaseRecord, "decision">): readonly LabelBar[] {
  const bars = Object.entries(decision.probabilities).map(([label, probability]) => ({ label, probability }));
  if (bars.length <= 2) return [];
  return bars.every(({ label }) => isGrade(label))
    ? bars.sort((one, other) => Number(one.label) - Number(other.label))
    : bars.sort((one, other) => other.probability - one.probability);
}

/** What each label is given, as a list with bars; undefined where there are only two. */
export function labelBarsView(record: CaseRecord, programme: ProgrammeInfo): HTMLElement | undefined {
  const bars = labelBars(record);
  if (bars.length === 0) return undefined;
  const list = (shown: readonly LabelBar[]) =>
    element("ul", { class: "label-bars" }, ...shown.map((bar) => barView(bar, programme)));
  const rest = bars.slice(labelsShownMax);
  const more =
    rest.length === 0
      ? undefined
      : element("details", {}, element("summary", {}, `${rest.length} less probable`), list(rest));
  const note = notes[programme.task === "findings" || programme.task === "grades" ? programme.task : "classes"];
  return element(
    "section",
    { class: "labels", "aria-label": "Each label" },
    element("p", { class: "hint" }, note),
    list(bars.slice(0, labelsShownMax)),
    more,
  );
}

function barView({ label, probability }: LabelBar, programme: ProgrammeInfo): HTMLElement {
  const width = `${(probability * 100).toFixed(2)}%`;
  const positive = programme.positive.includes(label);
  return element(
    "li",
    {},
    element("span", { class: "label-name" }, labelName(label, programme)),
    drawing(
      "svg",
      { class: "label-bar", "aria-hidden": "true", width: "100%", height: "12" },
      drawing("rect", { class: "rail", x: "0", y: "0", width: "100%", height: "12", rx: "3" }),
      drawing("rect", { class: positive ? "fill positive" : "fill", x: "0", y: "0", width, height: "12", rx: "3" }),
    ),
    element("span", { class: "label-share" }, percent(probability)),
  );
}
