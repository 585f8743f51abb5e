import type { Clock, Metrics } from "../../platform/index.ts";

/** What is shown is of about this long, ms. */
const windowMs = 300_000;
/** Closer together than this two looks say the same, ms. */
const spacingMs = 5000;
/** A window's worth of them, and some. */
const snapshotsMax = 128;

type Labels = Readonly<Record<string, string | number | undefined>>;
type Where = Readonly<Record<string, string | RegExp>>;

interface Series {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

interface Snapshot {
  /** On the clock's monotonic time. */
  readonly at: number;
  readonly series: ReadonlyMap<string, Series>;
}

/** One share or percentile, and of how many. */
export interface Counted {
  /** Null of none. */
  readonly value: number | null;
  readonly n: number;
}

/** What counters and histograms did between two looks. */
export interface Period {
  readonly seconds: number;
  /** Sum of a counter over the series whose labels fit. */
  count(name: string, where?: Where): number;
  /** The same by one label, largest first. */
  by(name: string, label: string, where?: Where): readonly { readonly name: string; readonly n: number }[];
  /** A percentile of a histogram, by a straight line inside of its bucket; null of none. */
  quantile(share: number, name: string, where?: Where): Counted;
}

/**
 * Recent figures out of counters that only grow. Nothing runs between looks: each look is kept, and compared with one
 * that is about five minutes old, or with the start of the process.
 */
export class OpsWindow {
  readonly #registry: Metrics["registry"];
  readonly #clock: Pick<Clock, "now">;
  #snapshots: Snapshot[];

  constructor({ registry }: Pick<Metrics, "registry">, clock: Pick<Clock, "now">) {
    this.#registry = registry;
    this.#clock = clock;
    this.#snapshots = [{ at: clock.now(), series: new Map() }];
  }

  async look(): Promise<Period> {
    const now: Snapshot = { at: this.#clock.now(), series: await seriesOf(this.#registry) };
    const old = this.#snapshots.findLast(({ at }) => now.at - at >= windowMs) ?? (this.#snapshots[0] as Snapshot);
    const last = this.#snapshots.at(-1) as Snapshot;
    if (now.at - last.at >= spacingMs)
      this.#snapshots = [...this.#snapshots.filter((each) => each.at >= old.at), now].slice(-snapshotsMax);
    return new Difference(old, now);
  }
}

class Difference implements Period {
  readonly seconds: number;
  readonly #grown: readonly Series[];

  constructor(from: Snapshot, to: Snapshot) {
    this.seconds = Math.max(0, (to.at - from.at) / 1000);
    this.#grown = [...to.series].map(([key, each]) => ({
      ...each,
      value: each.value - (from.series.get(key)?.value ?? 0),
    }));
  }

  count(name: string, where: Where = {}): number {
    return this.#of(name, where).reduce((sum, { value }) => sum + value, 0);
  }

  by(name: string, label: string, where: Where = {}): readonly { readonly name: string; readonly n: number }[] {
    const sums = new Map<string, number>();
    for (const { labels, value } of this.#of(name, where)) {
      const key = String(labels[label] ?? "");
      sums.set(key, (sums.get(key) ?? 0) + value);
    }
    const found = [...sums].filter(([, n]) => n > 0).map(([key, n]) => ({ name: key, n }));
    return found.sort((one, other) => other.n - one.n);
  }

  quantile(share: number, name: string, where: Where = {}): Counted {
    const sums = new Map<number, number>();
    for (const { labels, value } of this.#of(`${name}_bucket`, where)) {
      const bound = labels["le"] === "+Inf" ? Number.POSITIVE_INFINITY : Number(labels["le"]);
      sums.set(bound, (sums.get(bound) ?? 0) + value);
    }
    return quantileOf(
      share,
      [...sums].sort(([a], [b]) => a - b),
    );
  }

  #of(name: string, where: Where): readonly Series[] {
    const wanted = Object.entries(where);
    return this.#grown.filter(
      (each) => each.name === name && wanted.every(([label, value]) => fits(String(each.labels[label] ?? ""), value)),
    );
  }
}

const fits = (found: string, wanted: string | RegExp): boolean =>
  typeof wanted === "string" ? found === wanted : wanted.test(found);

/** @param buckets bound and how many lie at or below it, by bound */
export function quantileOf(share: number, buckets: readonly (readonly [number, number])[]): Counted {
  const n = buckets.at(-1)?.[1] ?? 0;
  if (n === 0) return { value: null, n };
  const rank = share * n;
  const i = buckets.findIndex(([, count]) => count >= rank);
  const [bound, count] = buckets[i] as readonly [number, number];
  const [low, below] = buckets[i - 1] ?? [0, 0];
  // Above the last bound nobody knows how far: that bound is the least it can be.
  if (bound === Number.POSITIVE_INFINITY) return { value: low, n };
  return { value: count === below ? bound : low + ((bound - low) * (rank - below)) / (count - below), n };
}

async function seriesOf(registry: Metrics["registry"]): Promise<ReadonlyMap<string, Series>> {
  const found = new Map<string, Series>();
  for (const metric of await registry.getMetricsAsJSON()) {
    const { name: own, type } = metric;
    if (String(type) === "gauge") continue;
    for (const each of metric.values) {
      const { metricName, labels, value } = each as { metricName?: string; labels: Labels; value: number };
      const name = metricName ?? own;
      found.set(`${name}${JSON.stringify(labels)}`, { name, labels, value });
    }
  }
  return found;
}
