/** One measurement on its day. */
export interface TrendPoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly value: number;
}

export interface TrendRange {
  readonly low: number;
  readonly high: number;
}

export interface TrendPlace {
  readonly x: number;
  readonly y: number;
}

export interface TrendGeometry {
  readonly points: readonly (TrendPlace & TrendPoint)[];
  /** Of the value axis, from low to high. */
  readonly valueTicks: readonly { readonly value: number; readonly y: number }[];
  /** Of the time axis: measurements whose day is written under it. */
  readonly timeTicks: readonly { readonly at: number; readonly x: number }[];
  readonly usual: { readonly top: number; readonly bottom: number } | undefined;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Room for the words around the drawing, px. */
const margin = { left: 44, right: 28, top: 30, bottom: 30 };
const dayWidthPx = 105;
const valueTicksCount = 4;
/** Differences below this share of the values are none that anyone measured. */
const flatShare = 1e-6;

/**
 * Where everything of a trend lies in a drawing of so many pixels. The axis holds every measurement and the usual
 * range, and does not begin at 0: what matters is the change.
 * @param points at least one, in any order
 */
export function trendGeometry(
  points: readonly TrendPoint[],
  usual: TrendRange | undefined,
  { width, height }: { readonly width: number; readonly height: number },
): TrendGeometry {
  const sorted = [...points].sort((one, other) => one.at - other.at);
  const box = { left: margin.left, right: width - margin.right, top: margin.top, bottom: height - margin.bottom };
  const values = [...sorted.map(({ value }) => value), ...(usual === undefined ? [] : [usual.low, usual.high])];
  const ticks = niceTicks(Math.min(...values), Math.max(...values));
  const [low, high] = [ticks[0] as number, ticks.at(-1) as number];
  const [first, last] = [sorted[0] as TrendPoint, sorted.at(-1) as TrendPoint];
  const x = (at: number): number =>
    last.at === first.at
      ? (box.left + box.right) / 2
      : box.left + 12 + ((at - first.at) / (last.at - first.at)) * (box.right - box.left - 24);
  const y = (value: number): number => box.bottom - ((value - low) / (high - low)) * (box.bottom - box.top);
  return {
    ...box,
    points: sorted.map((point) => ({ ...point, x: x(point.at), y: y(point.value) })),
    valueTicks: ticks.map((value) => ({ value, y: y(value) })),
    timeTicks: spaced(sorted.map(({ at }) => ({ at, x: x(at) }))),
    usual: usual && { top: y(usual.high), bottom: y(usual.low) },
  };
}

/** Round numbers around all values, at least two. */
export function niceTicks(low: number, high: number): number[] {
  const size = Math.max(Math.abs(low), Math.abs(high), flatShare);
  // Values that hardly differ, and one alone, get an axis of their own size.
  const span = high - low > flatShare * size ? high - low : size;
  const rough = span / valueTicksCount;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10);
  const from = Math.floor(low / step);
  const to = Math.max(from + 1, Math.ceil(high / step));
  return Array.from({ length: to - from + 1 }, (_, i) => Number(((from + i) * step).toPrecision(12)));
}

/** The first and the last, and between them those whose words do not run into others. */
function spaced<T extends { readonly x: number }>(places: readonly T[]): T[] {
  const last = places.at(-1) as T;
  const kept: T[] = [];
  for (const place of places) {
    const free = place.x - (kept.at(-1)?.x ?? -Infinity) >= dayWidthPx;
    if (free && (place === last || last.x - place.x >= dayWidthPx || kept.length === 0)) kept.push(place);
  }
  return kept;
}
