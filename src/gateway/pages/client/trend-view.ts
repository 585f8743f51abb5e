import { drawing, element } from "./element.ts";
import { dayWords } from "./person-words.ts";
import { type TrendGeometry, type TrendPoint, type TrendRange, trendGeometry } from "./trend-geometry.ts";

const height = 220;
const widthMin = 240;
/** More measurements than this get no number of their own in the drawing; the table has them all. */
const numbersMax = 12;

export interface Trend {
  readonly title: string;
  readonly unit: string;
  readonly points: readonly TrendPoint[];
  /** Undefined where no usual range is named. */
  readonly usual: TrendRange | undefined;
}

/** A course over time, drawn for the width there is, so that its words stay as large as all others. */
export function trendView(trend: Trend): HTMLElement {
  const { title, unit, points, usual } = trend;
  const range = usual === undefined ? "" : ` Usual range ${usual.low} to ${usual.high} ${unit}.`;
  const place = element("div", {});
  const figure = element(
    "figure",
    { class: "trend" },
    element("figcaption", {}, `${title}, ${unit}.${range}`),
    place,
    tableView(trend),
  );
  const draw = (): void => {
    const width = Math.max(widthMin, place.clientWidth);
    const geometry = trendGeometry(points, usual, { width, height });
    place.replaceChildren(
      drawing(
        "svg",
        { role: "img", "aria-label": toldWords(trend), width: String(width), height: String(height) },
        ...axesShapes(geometry, usual),
        drawing("path", {
          class: "line",
          d: geometry.points.map(({ x, y }, i) => `${i === 0 ? "M" : "L"}${x} ${y}`).join(""),
        }),
        ...pointShapes(geometry),
      ),
    );
  };
  let drawnFor = 0;
  new ResizeObserver(() => {
    if (place.clientWidth === drawnFor) return;
    drawnFor = place.clientWidth;
    draw();
  }).observe(place);
  return figure;
}

function axesShapes(
  { left, right, valueTicks, timeTicks, bottom, usual }: TrendGeometry,
  range?: TrendRange,
): SVGElement[] {
  const usualShapes =
    usual === undefined || range === undefined
      ? []
      : [
          drawing("rect", {
            class: "usual",
            x: String(left),
            y: String(usual.top),
            width: String(right - left),
            height: String(usual.bottom - usual.top),
          }),
        ];
  const values = valueTicks.map(({ value, y }) =>
    drawing(
      "g",
      { class: "axis" },
      drawing("line", { x1: String(left), x2: String(right), y1: String(y), y2: String(y) }),
      drawing("text", { x: String(left - 8), y: String(y + 5), "text-anchor": "end" }, String(value)),
    ),
  );
  const times = timeTicks.map(({ at, x }, i) =>
    drawing(
      "g",
      { class: "axis" },
      drawing("line", { x1: String(x), x2: String(x), y1: String(bottom), y2: String(bottom + 5) }),
      drawing(
        "text",
        { x: String(x), y: String(bottom + 22), "text-anchor": anchorOf(i, timeTicks.length) },
        dayWords(new Date(at).toISOString()),
      ),
    ),
  );
  return [...usualShapes, ...values, ...times];
}

function anchorOf(index: number, count: number): "start" | "middle" | "end" {
  if (count === 1) return "middle";
  if (index === 0) return "start";
  return index === count - 1 ? "end" : "middle";
}

const pointShapes = ({ points }: TrendGeometry): SVGElement[] =>
  points.map(({ x, y, value }) =>
    drawing(
      "g",
      {},
      drawing("circle", { cx: String(x), cy: String(y), r: "5" }),
      ...(points.length > numbersMax
        ? []
        : [drawing("text", { x: String(x), y: String(y - 11), "text-anchor": "middle" }, String(value))]),
    ),
  );

function toldWords({ title, unit, points }: Trend): string {
  const sorted = [...points].sort((one, other) => one.at - other.at);
  const [first, last] = [sorted[0] as TrendPoint, sorted.at(-1) as TrendPoint];
  const day = ({ at }: TrendPoint): string => dayWords(new Date(at).toISOString());
  if (sorted.length === 1) return `${title}: ${first.value} ${unit} on ${day(first)}.`;
  return `${title}: ${sorted.length} measurements, from ${first.value} ${unit} on ${day(first)} to ${last.value} ${unit} on ${day(last)}. The numbers are in the table below.`;
}

function tableView({ title, unit, points }: Trend): HTMLElement {
  const rows = [...points]
    .sort((one, other) => other.at - one.at)
    .map(({ at, value }) =>
      element("tr", {}, element("td", {}, dayWords(new Date(at).toISOString())), element("td", {}, String(value))),
    );
  return element(
    "details",
    {},
    element("summary", {}, "As numbers"),
    element(
      "table",
      {},
      element("caption", { class: "unseen" }, title),
      element(
        "thead",
        {},
        element("tr", {}, element("th", { scope: "col" }, "Day"), element("th", { scope: "col" }, `${title}, ${unit}`)),
      ),
      element("tbody", {}, ...rows),
    ),
  );
}
