import { axisAround, drawPlane, path } from "./plane.ts";
import { chance, ink, percent, px, series, text } from "./svg.ts";

interface Point {
  readonly escalated: number;
  readonly accuracy: number;
}

interface DeferralFigure {
  readonly title: string;
  readonly n: number;
  readonly byConfidence: readonly Point[];
  readonly random: readonly Point[];
  readonly oracle: readonly Point[];
  /** The band in force. */
  readonly operating?: Point & { readonly name: string };
}

/** Accuracy against the share of cases that the fine reader sees too, as SVG. */
export function drawDeferral({ title, n, byConfidence, random, oracle, operating }: DeferralFigure): string {
  const curves = [
    { points: oracle, stroke: series[2], words: "Oracle: the best any rule could do" },
    { points: random, stroke: chance, words: "Random cases escalated" },
    { points: byConfidence, stroke: series[0], words: "Least sure cases escalated first" },
  ];
  const all = [...curves.flatMap(({ points }) => points), ...(operating === undefined ? [] : [operating])];
  return drawPlane({
    title,
    cases: `n = ${n}; fast reader alone ${percent(byConfidence[0]?.accuracy ?? 0, 1)}, fine reader for all ${percent(byConfidence.at(-1)?.accuracy ?? 0, 1)}`,
    x: { label: "Cases escalated to the fine reader", from: 0, to: 1 },
    y: axisAround(
      "Accuracy",
      all.map(({ accuracy }) => accuracy),
    ),
    marks: ({ x, y }) => [
      ...curves.map(({ points, stroke }) =>
        path(
          points.map(({ escalated }) => x(escalated)),
          points.map(({ accuracy }) => y(accuracy)),
          stroke,
        ),
      ),
      ...(operating === undefined
        ? []
        : [
            `<circle cx="${px(x(operating.escalated))}" cy="${px(y(operating.accuracy))}" r="5.5" fill="${ink.text}" stroke="${ink.paper}" stroke-width="2"/>`,
            text(
              x(operating.escalated) + (operating.escalated > 0.5 ? -10 : 10),
              y(operating.accuracy) + 18,
              `${operating.name}: ${percent(operating.accuracy, 1)} at ${percent(operating.escalated)} escalated`,
              { size: 12, bold: true, anchor: operating.escalated > 0.5 ? "end" : "start" },
            ),
          ]),
    ],
    legend: curves.toReversed().map(({ words, stroke }) => ({ words, stroke })),
  });
}
