import { type LoadReport, type PhaseReport, reportFormat } from "../phase.ts";
import { aligned, inMs } from "./table.ts";

/** One figure of a phase in two runs. */
export interface Compared {
  readonly phase: string;
  readonly what: string;
  readonly first: number | null;
  readonly second: number | null;
  /** How much better the second is, as a share of the first; negative where it is worse. */
  readonly better: number | null;
  readonly n: readonly [number, number];
}

type Figure = readonly [what: string, of: (phase: PhaseReport) => number | null, moreIsBetter: boolean];

/** The first three are those of the cataract source system's comparison. */
const figures: readonly Figure[] = [
  ["throughput, results/s", ({ goodput }) => goodput, true],
  ["average response time, ms", ({ latency }) => latency.ok.mean, false],
  ["success rate, %", ({ ok, due }) => (due === 0 ? null : (100 * ok) / due), true],
  ["p50, ms", ({ latency }) => latency.ok.p50, false],
  ["p95, ms", ({ latency }) => latency.ok.p95, false],
  ["p99, ms", ({ latency }) => latency.ok.p99, false],
  ["p99.9, ms", ({ latency }) => latency.ok.p999, false],
  ["slowest, ms", ({ latency }) => latency.ok.max, false],
];

/** @throws {TypeError} when it is no report of ours */
export function parseReport(text: string): LoadReport {
  const parsed = JSON.parse(text) as Partial<LoadReport>;
  if (parsed.format !== reportFormat || !Array.isArray(parsed.phases))
    throw new TypeError(`this is no ${reportFormat}`);
  return parsed as LoadReport;
}

/** Phases of the same name, figure by figure. */
export function compareReports(first: LoadReport, second: LoadReport): Compared[] {
  return first.phases.flatMap((one) => {
    const other = second.phases.find(({ name }) => name === one.name);
    if (other === undefined) return [];
    return figures.map(([what, of, moreIsBetter]): Compared => {
      const [before, after] = [of(one), of(other)];
      const change = before === null || after === null || before === 0 ? null : (after - before) / before;
      const better = change === null ? null : moreIsBetter ? change : 0 - change;
      return { phase: one.name, what, first: before, second: after, better, n: [one.latency.ok.n, other.latency.ok.n] };
    });
  });
}

/** What makes two runs incomparable, in words. */
export function differences(first: LoadReport, second: LoadReport): string[] {
  const of = (report: LoadReport) => ({
    scenario: report.scenario,
    route: report.target.path,
    "different images": report.images.different,
    cores: report.sender.cores,
    seed: report.sender.seed,
    "give-up time": report.sender.giveUpMs,
  });
  const [one, other] = [of(first), of(second)];
  return (Object.keys(one) as (keyof typeof one)[])
    .filter((key) => one[key] !== other[key])
    .map((key) => `${key}: ${one[key]} and ${other[key]}`);
}

const shown = (value: number | null): string => inMs(value);

export function comparisonTable(compared: readonly Compared[]): string {
  const rows = compared.map(({ phase, what, first, second, better, n }) => [
    phase,
    what,
    shown(first),
    shown(second),
    better === null ? "-" : `${better >= 0 ? "+" : ""}${(100 * better).toFixed(2)} %`,
    `${n[0]}, ${n[1]}`,
  ]);
  return aligned([["phase", "figure", "first", "second", "better by", "n"], ...rows], 2);
}
