import { drawPlane, path } from "./plane.ts";
import { chance, ink, px, series, wrapped } from "./svg.ts";

const nameCharacters = 24;

interface Roc {
  readonly name: string;
  readonly points: readonly { readonly falsePositiveRate: number; readonly sensitivity: number }[];
  readonly area: { readonly value: number; readonly interval: readonly [number, number] };
  /** Where the reader is used: drawn as a dot. */
  readonly operating?: { readonly falsePositiveRate: number; readonly sensitivity: number };
}

interface RocFigure {
  readonly title: string;
  readonly positives: number;
  readonly negatives: number;
  /** At most four. */
  readonly readers: readonly Roc[];
}

/** Sensitivity against false positives for every threshold, as SVG. */
export function drawRoc({ title, positives, negatives, readers }: RocFigure): string {
  if (readers.length === 0 || readers.length > series.length) throw new RangeError(`${readers.length} readers`);
  return drawPlane({
    title,
    cases: `n = ${positives + negatives}: ${positives} positive, ${negatives} negative; areas with 95 % interval`,
    x: { label: "False positives among negative cases", from: 0, to: 1 },
    y: { label: "Sensitivity", from: 0, to: 1 },
    marks: ({ x, y }) => [
      path([x(0), x(1)], [y(0), y(1)], chance),
      ...readers.map(({ points }, i) =>
        path(
          points.map((point) => x(point.falsePositiveRate)),
          points.map((point) => y(point.sensitivity)),
          series[i] as (typeof series)[number],
        ),
      ),
      ...readers.flatMap(({ operating }, i) =>
        operating === undefined
          ? []
          : [
              `<circle cx="${px(x(operating.falsePositiveRate))}" cy="${px(y(operating.sensitivity))}" r="5.5" fill="${series[i]?.colour}" stroke="${ink.paper}" stroke-width="2"/>`,
            ],
      ),
    ],
    legend: [
      ...readers.map(({ name, area, operating }, i) => ({
        words: `${wrapped(name, nameCharacters, 1)[0]}: area ${area.value.toFixed(3)} (${area.interval[0].toFixed(3)} to ${area.interval[1].toFixed(3)})${operating === undefined ? "" : "; dot: in use"}`,
        stroke: series[i] as (typeof series)[number],
      })),
      { words: "Chance: area 0.5", stroke: chance },
    ],
  });
}
