import { heading, ink, line, percent, picture, px, type Stroke, text } from "./svg.ts";

export interface Axis {
  readonly label: string;
  /** Shares; the axis shows them in per cent. */
  readonly from: number;
  readonly to: number;
}

export interface Scale {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

interface Plane {
  readonly title: string;
  /** How many cases; stands under the title. */
  readonly cases: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly marks: (scale: Scale) => readonly string[];
  readonly legend: readonly { readonly words: string; readonly stroke: Stroke }[];
  /** Drawn to the right of the plane, which is then wider by so much. */
  readonly aside?: { readonly width: number; readonly marks: (x: number, top: number) => readonly string[] };
}

const plot = { left: 78, width: 440, height: 360, right: 34 };
const legendRow = 22;
const legendLeft = 24;

/** Two labelled axes with a grid, marks between them, and a legend below. */
export function drawPlane({ title, cases, x, y, marks, legend, aside }: Plane): string {
  if (!(x.to > x.from && y.to > y.from)) throw new RangeError("an axis needs a length");
  const width = plot.left + plot.width + plot.right + (aside?.width ?? 0);
  const head = heading(legendLeft, title, cases, aside === undefined ? 56 : 84);
  const top = head.bottom + 24;
  const bottom = top + plot.height;
  const right = plot.left + plot.width;
  const scale: Scale = {
    x: (value) => plot.left + ((value - x.from) / (x.to - x.from)) * plot.width,
    y: (value) => bottom - ((value - y.from) / (y.to - y.from)) * plot.height,
  };
  const xTicks = ticksOf(x);
  const yTicks = ticksOf(y);
  const legendTop = bottom + 74;
  return picture(width, legendTop + legendRow * legend.length, `${title}. ${cases}`, [
    ...head.marks,
    ...xTicks.map(({ at }) => line(scale.x(at), top, scale.x(at), bottom, ink.grid)),
    ...yTicks.map(({ at }) => line(plot.left, scale.y(at), right, scale.y(at), ink.grid)),
    ...marks(scale),
    line(plot.left, bottom, right, bottom, ink.axis),
    line(plot.left, top, plot.left, bottom, ink.axis),
    ...xTicks.flatMap(({ at, words }) => [
      line(scale.x(at), bottom, scale.x(at), bottom + 5, ink.axis),
      text(scale.x(at), bottom + 21, words, { anchor: "middle", colour: ink.quiet, size: 12 }),
    ]),
    ...yTicks.flatMap(({ at, words }) => [
      line(plot.left - 5, scale.y(at), plot.left, scale.y(at), ink.axis),
      text(plot.left - 9, scale.y(at) + 4, words, { anchor: "end", colour: ink.quiet, size: 12 }),
    ]),
    text(plot.left + plot.width / 2, bottom + 44, x.label, { anchor: "middle" }),
    text(22, top + plot.height / 2, y.label, { anchor: "middle", turn: -90 }),
    ...legend.flatMap(({ words, stroke }, i) => [
      path([legendLeft, legendLeft + 34], [legendTop + legendRow * i - 4, legendTop + legendRow * i - 4], stroke),
      text(legendLeft + 44, legendTop + legendRow * i, words),
    ]),
    ...(aside?.marks(right + plot.right, top) ?? []),
  ]);
}

/** A line through points in pixels; points that fall on the one before are left out. */
export function path(x: readonly number[], y: readonly number[], { colour, dash }: Stroke): string {
  const points = x.map((each, i) => `${px(each)},${px(y[i] as number)}`).filter((each, i, all) => each !== all[i - 1]);
  return `<polyline points="${points.join(" ")}" fill="none" stroke="${colour}" stroke-width="2.2" stroke-linejoin="round"${dash === "" ? "" : ` stroke-dasharray="${dash}"`}/>`;
}

/** An axis around these shares with some air, within 0 and 1. */
export function axisAround(label: string, shares: readonly number[]): Axis {
  const low = Math.min(...shares);
  const high = Math.max(...shares);
  const air = Math.max(0.01, 0.08 * (high - low));
  return { label, from: Math.max(0, low - air), to: Math.min(1, high + air) };
}

function ticksOf({ from, to }: Axis): { at: number; words: string }[] {
  const step = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2].find((each) => (to - from) / each <= 8) ?? 0.2;
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => {
    const at = (first + i) * step;
    return { at, words: percent(at, step < 0.01 ? 1 : 0) };
  });
}
