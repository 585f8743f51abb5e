import { axisAround, drawPlane, path } from "./plane.ts";
import { ink, percent, px, series, text, wrapped } from "./svg.ts";

const nameCharacters = 24;

interface RiskCoverageFigure {
  readonly title: string;
  readonly n: number;
  /** At most three, of the same cases. */
  readonly readers: readonly {
    readonly name: string;
    readonly points: readonly { readonly coverage: number; readonly risk: number }[];
  }[];
  /** The band in force. */
  readonly operating?: { readonly name: string; readonly coverage: number; readonly risk: number };
}

/** What is wrong among the surest cases, as SVG: the further a curve stays down, the better a reader knows its doubt. */
export function drawRiskCoverage({ title, n, readers, operating }: RiskCoverageFigure): string {
  if (readers.length === 0 || readers.length > 3) throw new RangeError(`${readers.length} readers`);
  // The first few cases jump between 0 and 100 %: their shares are noise, and the axis is not theirs.
  const settled = readers.flatMap(({ points }) => points.filter(({ coverage }) => coverage * n >= 20));
  const y = axisAround("Wrong among decided cases", [
    0.02,
    ...settled.map(({ risk }) => risk),
    operating?.risk ?? 0,
    0,
  ]);
  const within = (risk: number): number => Math.min(risk, y.to);
  return drawPlane({
    title,
    cases: `n = ${n}; surest cases first`,
    x: { label: "Cases decided without a person (coverage)", from: 0, to: 1 },
    y,
    marks: (scale) => [
      ...readers.map(({ points }, i) =>
        path(
          points.map(({ coverage }) => scale.x(coverage)),
          points.map(({ risk }) => scale.y(within(risk))),
          series[i] as (typeof series)[number],
        ),
      ),
      ...(operating === undefined ? [] : dot(scale.x(operating.coverage), scale.y(operating.risk), operating)),
    ],
    legend: readers.map(({ name, points }, i) => ({
      words: `${wrapped(name, nameCharacters, 1)[0]}: ${percent(points.at(-1)?.risk ?? 0, 1)} wrong when all are decided`,
      stroke: series[i] as (typeof series)[number],
    })),
  });
}

function dot(
  x: number,
  y: number,
  { name, coverage, risk }: { name: string; coverage: number; risk: number },
): string[] {
  const words = `${name}: ${percent(risk, 1)} wrong at ${percent(coverage)} decided`;
  return [
    `<circle cx="${px(x)}" cy="${px(y)}" r="5.5" fill="${ink.text}" stroke="${ink.paper}" stroke-width="2"/>`,
    text(x - 10, y - 10, words, { anchor: coverage > 0.5 ? "end" : "start", size: 12, bold: true }),
  ];
}
