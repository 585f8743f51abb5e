import type { LatencySummary } from "../latencies.ts";
import type { Check, LoadReport, PhaseReport } from "../phase.ts";

type Column = readonly [head: string, cell: (phase: PhaseReport) => string];

const count = (of: (phase: PhaseReport) => number) => (phase: PhaseReport) => String(of(phase));
const time =
  (of: (latency: PhaseReport["latency"]) => LatencySummary, which: keyof LatencySummary) => (phase: PhaseReport) =>
    inMs(of(phase.latency)[which]);

const columns: readonly Column[] = [
  ["phase", ({ name }) => name],
  ["plan", ({ plan }) => plan],
  ["s", ({ seconds }) => seconds.toFixed(1)],
  ["sent", count(({ sent }) => sent)],
  ["ok", count(({ ok }) => ok)],
  ["later", count(({ later }) => later)],
  ["429/503", count(({ shed }) => shed)],
  ["4xx", count(({ rejected }) => rejected)],
  ["failed", count(({ failed }) => failed)],
  ["gave up", count(({ gaveUp }) => gaveUp)],
  ["lost", count(({ lost }) => lost)],
  ["not sent", count(({ notSent }) => notSent)],
  ["ok/s", ({ goodput }) => goodput.toFixed(1)],
  ["p50", time(({ ok }) => ok, "p50")],
  ["p95", time(({ ok }) => ok, "p95")],
  ["p99", time(({ ok }) => ok, "p99")],
  ["p99.9", time(({ ok }) => ok, "p999")],
  ["max", time(({ ok }) => ok, "max")],
  ["sender p99", ({ lag }) => inMs(lag.p99)],
  ["sender cores", ({ senderCores }) => senderCores.toFixed(2)],
];
/** The first two are words. */
const wordColumns = 2;

/** A percentile of which too little is known is a dash. */
export const inMs = (value: number | null): string =>
  value === null ? "-" : value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);

/** Every phase in a row: counts, results a second, and ms of requests with a result from when they were due. */
export function phaseTable(phases: readonly PhaseReport[]): string {
  return aligned(
    [columns.map(([head]) => head), ...phases.map((phase) => columns.map(([, cell]) => cell(phase)))],
    wordColumns,
  );
}

export const verdict = ({ met }: Pick<Check, "met">): string => (met === null ? "-" : met ? "met" : "MISSED");

export function checkTable(checks: readonly Check[]): string {
  if (checks.length === 0) return "";
  const rows = checks.map((check) => [check.what, check.goal, check.found, String(check.n), verdict(check)]);
  return aligned([["what", "goal", "found", "n", ""], ...rows], 3);
}

/** What is printed of a test. */
export function reportTable(report: LoadReport): string {
  const { target, images, scenario, phases, checks, notes } = report;
  const head = `${scenario} against ${target.url}${target.path}, ${images.different} different images of ${images.bytesMin} to ${images.bytesMax} bytes\n`;
  const parts = [head, phaseTable(phases), checkTable(checks), notes.map((note) => `note: ${note}\n`).join("")];
  return parts.filter((part) => part !== "").join("\n");
}

/** @param words how many columns, from the left, hold words */
export function aligned(rows: readonly (readonly string[])[], words: number): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? "").length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i < words ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  ");
  return rows.map((row) => `${line(row).trimEnd()}\n`).join("");
}
