import { drawPlane, path } from "./plane.ts";
import { chance, ink, line, percent, px, series, text } from "./svg.ts";

interface ReliabilityBin {
  /** Mean probability that was claimed. */
  readonly claimed: number;
  readonly found: { readonly value: number; readonly interval: readonly [number, number]; readonly n: number };
}

interface ReliabilityFigure {
  readonly title: string;
  readonly bins: readonly ReliabilityBin[];
  /** Expected calibration error, raw and debiased. */
  readonly error: { readonly value: number; readonly debiased: number };
}

const [{ colour }] = series;
const columns = { claimed: 62, found: 122, interval: 212, n: 262 };

/** Claimed probability against the share of positives found, with Wilson's intervals and counts, as SVG. */
export function drawReliability({ title, bins, error }: ReliabilityFigure): string {
  const n = bins.reduce((sum, { found }) => sum + found.n, 0);
  if (n === 0) throw new RangeError("no cases");
  return drawPlane({
    title,
    cases: `n = ${n} in ${bins.length} bins; calibration error ${percent(error.value, 1)}, without the bins' noise ${percent(error.debiased, 1)}`,
    x: { label: "Probability of a positive label, as claimed", from: 0, to: 1 },
    y: { label: "Share of positive cases, as found", from: 0, to: 1 },
    marks: ({ x, y }) => [
      path([x(0), x(1)], [y(0), y(1)], chance),
      ...bins.flatMap(({ claimed, found }) => {
        const [low, high] = [y(found.interval[0]), y(found.interval[1])];
        const at = x(claimed);
        return [
          line(at, low, at, high, colour, 1.6),
          line(at - 5, low, at + 5, low, colour, 1.6),
          line(at - 5, high, at + 5, high, colour, 1.6),
          `<circle cx="${px(at)}" cy="${px(y(found.value))}" r="4.5" fill="${colour}" stroke="${ink.paper}" stroke-width="1.5"/>`,
        ];
      }),
    ],
    legend: [
      { words: "Bin of cases: share found with its 95 % interval (Wilson)", stroke: series[0] },
      { words: "Perfect calibration", stroke: chance },
    ],
    aside: {
      width: 282,
      marks: (left, top) => [
        ...row(left, top + 10, ["claimed", "found", "95 % interval", "n"], ink.quiet),
        line(left, top + 20, left + columns.n, top + 20, ink.grid),
        ...bins.flatMap(({ claimed, found }, i) =>
          row(
            left,
            top + 42 + 24 * i,
            [
              percent(claimed, 1),
              percent(found.value, 1),
              `${(100 * found.interval[0]).toFixed(0)} to ${percent(found.interval[1])}`,
              String(found.n),
            ],
            ink.text,
          ),
        ),
      ],
    },
  });
}

const row = (left: number, y: number, cells: readonly string[], fill: string): string[] =>
  Object.values(columns).map((right, i) =>
    text(left + right, y, cells[i] as string, { anchor: "end", size: 12, colour: fill }),
  );
