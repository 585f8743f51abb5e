import { type LoadReport, type Outcome, outcomes, type PhaseReport, type Slice } from "../phase.ts";
import { chart, type Line } from "./chart.ts";

/** Fewer pieces are no course over time. */
const slicesMin = 3;
/** Shares as distances between nines, so that the tail has room. */
const nines = (share: number): number => -Math.log10(1 - share);
const shareTicks = [0, 0.5, 0.9, 0.99, 0.999, 0.9999];

const names: Readonly<Record<Outcome, string>> = {
  ok: "result",
  later: "202, result later",
  shed: "429 or 503",
  rejected: "other 4xx",
  failed: "failed",
  gaveUp: "client gave up",
  lost: "connection lost",
  left: "open at the end",
};

/** The figures of a phase; none where it was too short for any. */
export function phaseCharts(phase: PhaseReport): string {
  const charts = [...overTime(phase), ...percentileCurve(phase)];
  return charts.length === 0 ? "" : `<div class="charts">${charts.join("\n")}</div>`;
}

function overTime(phase: PhaseReport): string[] {
  const slices = phase.series.filter(({ atS }) => atS < phase.seconds);
  if (slices.length < slicesMin) return [];
  const width = (slices[1] as Slice).atS;
  /** The last piece may be cut off. */
  const perSecond = (count: number, { atS }: Slice): number =>
    count / Math.min(width, Math.max(0.05, phase.seconds - atS));
  const line = (name: string, tone: string, of: (slice: Slice) => number | null): Line => ({
    name,
    tone,
    points: slices.map((slice) => [slice.atS, of(slice)]),
  });
  const rate = (name: string, tone: string, of: (slice: Slice) => number): Line =>
    line(name, tone, (slice) => perSecond(of(slice), slice));
  const xUnit = "seconds";
  const happened = outcomes.filter((outcome) => outcome !== "left" && phase[outcome] > 0);
  return [
    chart({
      title: "Latency over time",
      yUnit: "ms, of results, by when they were due",
      xUnit,
      lines: [line("p50", "plain", ({ p50 }) => p50), line("p99", "high", ({ p99 }) => p99)],
    }),
    chart({
      title: "How requests ended",
      yUnit: "a second, by when they were due",
      xUnit,
      stacked: true,
      lines: happened.map((outcome) => rate(names[outcome], outcome, (slice) => slice[outcome])),
    }),
    chart({
      title: "Due, sent and answered",
      yUnit: "a second",
      xUnit,
      lines: [
        rate("due", "rejected", ({ due }) => due),
        rate("sent", "high", ({ sent }) => sent),
        rate("results", "plain", ({ done }) => done),
      ],
    }),
  ];
}

function percentileCurve({ curve, latency }: PhaseReport): string[] {
  if (curve.length < slicesMin) return [];
  const last = curve.at(-1)?.[0] ?? 0;
  return [
    chart({
      title: "Latency by percentile",
      yUnit: `ms, of ${latency.ok.n} results`,
      xUnit: "% that are as fast",
      xTicks: shareTicks
        .filter((share) => share <= last)
        .map((share) => [nines(share), String(Number((100 * share).toPrecision(6)))]),
      lines: [{ name: "latency", tone: "plain", points: curve.map(([share, ms]) => [nines(share), ms]) }],
    }),
  ];
}

const MiB = 2 ** 20;

/** What the server's process took, where it was looked at. */
export function sampleCharts({ samples }: LoadReport): string {
  if (samples.length < slicesMin) return "";
  const line = (title: string, yUnit: string, of: (sample: (typeof samples)[number]) => number | null): string =>
    chart({
      title,
      yUnit,
      xUnit: "seconds",
      lines: [{ name: title, tone: "plain", points: samples.map((sample) => [sample.atS, of(sample)]) }],
    });
  const charts = [
    line("Resident memory", "MiB", ({ residentBytes }) => (residentBytes === null ? null : residentBytes / MiB)),
    line("File descriptors", "open", ({ fileDescriptors }) => fileDescriptors),
    line("Delay of the event loop", "ms, p99 between two looks", ({ eventLoopP99Ms }) => eventLoopP99Ms),
  ];
  return `<h2>The server's process</h2><div class="charts">${charts.join("\n")}</div>`;
}
