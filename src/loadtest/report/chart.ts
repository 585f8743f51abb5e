/** A line of a chart; its place in the list of lines decides its colour, unless `tone` does. */
export interface Line {
  readonly name: string;
  /** A class of the page's style: `ok`, `later`, `shed`, `rejected`, `failed`, `gaveUp`, `lost`, `plain`, `high`. */
  readonly tone: string;
  /** x, y; a null is a gap. */
  readonly points: readonly (readonly [number, number | null])[];
}

export interface ChartSettings {
  readonly title: string;
  readonly yUnit: string;
  readonly xUnit: string;
  readonly lines: readonly Line[];
  /** Where the ticks of x are, and what they are called; default: round numbers. */
  readonly xTicks?: readonly (readonly [at: number, name: string])[];
  /** Areas on top of each other instead of lines. */
  readonly stacked?: boolean;
}

const box = { width: 640, height: 240, left: 52, right: 14, top: 12, bottom: 34 };
const plot = { width: box.width - box.left - box.right, height: box.height - box.top - box.bottom };
const yTicks = 4;
const xTicksWanted = 8;

/** Steps of 1, 2 or 5 times a power of ten. */
export function roundStep(span: number, ticks: number): number {
  const raw = span / Math.max(1, ticks);
  if (!(raw > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const times = [1, 2, 5, 10].find((each) => each * power >= raw * 0.999) ?? 10;
  return times * power;
}

export const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const short = (value: number): string =>
  value >= 10_000 ? `${Number((value / 1000).toPrecision(3))}k` : String(Number(value.toPrecision(3)));

/** One figure as SVG, with its legend; colours come from the page's style, so that they follow light and dark. */
export function chart(settings: ChartSettings): string {
  const lines = settings.stacked === true ? stack(settings.lines) : settings.lines;
  const all = lines.flatMap(({ points }) => points);
  const xs = all.map(([x]) => x);
  const [low, high] = [Math.min(...xs, 0), Math.max(...xs)];
  const step = roundStep(Math.max(...all.map(([, y]) => y ?? 0), 0), yTicks);
  const top = Math.max(step, Math.ceil(Math.max(...all.map(([, y]) => y ?? 0), 0) / step) * step);
  const x = (value: number): number => box.left + (plot.width * (value - low)) / Math.max(1e-9, high - low);
  const y = (value: number): number => box.top + plot.height * (1 - value / top);
  const ticks = settings.xTicks ?? ticksOf(low, high);
  const grid = Array.from({ length: Math.round(top / step) + 1 }, (_, i) => {
    const at = y(i * step).toFixed(1);
    return `<line class="grid" x1="${box.left}" x2="${box.width - box.right}" y1="${at}" y2="${at}"/><text class="tick" x="${box.left - 6}" y="${at}" dy=".32em" text-anchor="end">${short(i * step)}</text>`;
  });
  const below = ticks.map(
    ([at, name]) =>
      `<text class="tick" x="${x(at).toFixed(1)}" y="${box.height - 18}" text-anchor="middle">${escapeXml(name)}</text>`,
  );
  const drawn = settings.stacked === true ? areas(lines, x, y) : lines.map((line) => path(line, x, y));
  const unit = `<text class="tick" x="${box.width - box.right}" y="${box.height - 4}" text-anchor="end">${escapeXml(settings.xUnit)}</text>`;
  return `<figure><figcaption>${escapeXml(settings.title)} <span>${escapeXml(settings.yUnit)}</span></figcaption>
<svg viewBox="0 0 ${box.width} ${box.height}" role="img" aria-label="${escapeXml(`${settings.title}, ${settings.yUnit}`)}">
${grid.join("")}${below.join("")}${unit}
${drawn.join("\n")}
</svg>
${legend(settings)}</figure>`;
}

/** One line needs no key, because the title names it; one area does. */
const legend = ({ lines, stacked = false }: ChartSettings): string =>
  lines.length < 2 && !stacked
    ? ""
    : `<ul class="legend">${lines.map(({ name, tone }) => `<li><i class="${tone}"></i>${escapeXml(name)}</li>`).join("")}</ul>`;

function ticksOf(low: number, high: number): (readonly [number, string])[] {
  const step = roundStep(high - low, xTicksWanted);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => [
    (first + i) * step,
    short((first + i) * step),
  ]);
}

function path({ points, tone, name }: Line, x: (value: number) => number, y: (value: number) => number): string {
  let pen = "M";
  const steps = points.map(([at, value]) => {
    if (value === null) {
      pen = "M";
      return "";
    }
    const step = `${pen}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = "L";
    return step;
  });
  const dots = points.length > 60 ? [] : points.filter(([, value]) => value !== null);
  const marks = dots.map(
    ([at, value]) =>
      `<circle class="${tone}" cx="${x(at).toFixed(1)}" cy="${y(value as number).toFixed(1)}" r="2.5"><title>${escapeXml(name)}: ${short(value as number)}</title></circle>`,
  );
  return `<path class="line ${tone}" d="${steps.join("")}"/>${marks.join("")}`;
}

/** Each line on top of those before it. */
function stack(lines: readonly Line[]): Line[] {
  const sums = new Map<number, number>();
  return lines.map((line) => ({
    ...line,
    points: line.points.map(([x, y]) => {
      const sum = (sums.get(x) ?? 0) + (y ?? 0);
      sums.set(x, sum);
      return [x, sum] as const;
    }),
  }));
}

function areas(lines: readonly Line[], x: (value: number) => number, y: (value: number) => number): string[] {
  return lines.map(({ points, tone, name }, i) => {
    const floor = lines[i - 1]?.points ?? points.map(([at]) => [at, 0] as const);
    const corner = ([at, value]: readonly [number, number | null]): string =>
      `${x(at).toFixed(1)} ${y(value ?? 0).toFixed(1)}`;
    const outline = [...points.map(corner), ...[...floor].reverse().map(corner)].join("L");
    return `<path class="area ${tone}" d="M${outline}Z"><title>${escapeXml(name)}</title></path>`;
  });
}
