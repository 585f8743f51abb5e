import type { Check, LoadReport, PhaseReport } from "../phase.ts";
import { escapeXml } from "./chart.ts";
import { pageStyle } from "./page-style.ts";
import { phaseCharts, sampleCharts } from "./phase-charts.ts";
import { inMs, verdict } from "./table.ts";

/** The whole report as one file that needs nothing else: no script, nothing from elsewhere. */
export function reportPage(report: LoadReport): string {
  const { scenario, target, startedAt, version, images, sender, phases, checks, notes } = report;
  const facts: readonly (readonly [string, string])[] = [
    ["server", `${target.url}${target.path}`],
    ["started", startedAt],
    ["images", `${images.different} different, ${images.bytesMin} to ${images.bytesMax} bytes`],
    ["sender", `Fovea ${version}, Node ${sender.node}, ${sender.cores} cores, seed ${sender.seed}`],
    ["clients", `give up after ${sender.giveUpMs} ms; at most ${sender.openMax} requests open`],
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Load test: ${escapeXml(scenario)}</title>
<style>${pageStyle}</style>
</head>
<body><main>
<h1>Load test: ${escapeXml(scenario)}</h1>
<p class="soft">Times are counted from when a request was due, not from when it was sent: a server that stalls is charged with everybody who waited.</p>
<dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${escapeXml(value)}</dd>`).join("")}</dl>
${notes.map((note) => `<p class="soft">${escapeXml(note)}</p>`).join("")}
${goals(checks)}
<h2>Phases</h2>
${phaseRows(phases)}
${drawn(phases)
  .map((phase) => [phase, phaseCharts(phase)] as const)
  .filter(([, charts]) => charts !== "")
  .map(
    ([{ name, plan }, charts]) => `<h2>${escapeXml(name)} <span class="soft">${escapeXml(plan)}</span></h2>\n${charts}`,
  )
  .join("\n")}
${sampleCharts(report)}
</main></body>
</html>
`;
}

/** What was sent when due; a closed loop only where there is nothing else. */
function drawn(phases: readonly PhaseReport[]): readonly PhaseReport[] {
  const open = phases.filter(({ loop }) => loop === "open");
  return open.length > 0 ? open : phases;
}

function goals(checks: readonly Check[]): string {
  if (checks.length === 0) return "";
  const row = (check: Check): string => {
    const word = verdict(check);
    const tone = check.met === null ? "soft" : check.met ? "met" : "missed";
    const mark = check.met === null ? "not judged" : check.met ? "✓ met" : "✗ missed";
    return `<tr><td class="words wrap">${escapeXml(check.what)}</td><td class="words wrap">${escapeXml(check.goal)}</td><td class="words wrap">${escapeXml(check.found)}</td><td>${check.n}</td><td class="words ${tone}" aria-label="${word}">${mark}</td></tr>`;
  };
  return `<h2>Goals</h2><div class="scroll"><table><thead><tr><th class="words">what</th><th class="words">goal</th><th class="words">found</th><th>n</th><th></th></tr></thead><tbody>${checks.map(row).join("")}</tbody></table></div>`;
}

interface Column {
  readonly head: string;
  readonly cell: (phase: PhaseReport) => string;
  /** Left out where it says 0 of every phase. */
  readonly isRare?: boolean;
  /** Marked where it is not 0. */
  readonly isBad?: boolean;
}

const time = (head: string, of: (phase: PhaseReport) => number | null): Column => ({
  head,
  cell: (phase) => inMs(of(phase)),
});
const count = (head: string, of: (phase: PhaseReport) => number, more: Partial<Column> = {}): Column => ({
  head,
  cell: (phase) => String(of(phase)),
  ...more,
});
const rare = { isRare: true } as const;
const bad = { isRare: true, isBad: true } as const;

const columns: readonly Column[] = [
  { head: "s", cell: ({ seconds }) => seconds.toFixed(1) },
  count("due", ({ due }) => due),
  count("not sent", ({ notSent }) => notSent, bad),
  count("results", ({ ok }) => ok),
  count("later", ({ later }) => later, rare),
  count("429/503", ({ shed }) => shed, rare),
  count("4xx", ({ rejected }) => rejected, rare),
  count("failed", ({ failed }) => failed, bad),
  count("gave up", ({ gaveUp }) => gaveUp, bad),
  count("lost", ({ lost }) => lost, bad),
  count("open at the end", ({ left }) => left, rare),
  { head: "results/s", cell: ({ goodput }) => goodput.toFixed(1) },
  time("p50", ({ latency }) => latency.ok.p50),
  time("p95", ({ latency }) => latency.ok.p95),
  time("p99", ({ latency }) => latency.ok.p99),
  time("p99.9", ({ latency }) => latency.ok.p999),
  time("slowest", ({ latency }) => latency.ok.max),
  time("sender p99", ({ lag }) => lag.p99),
  { head: "sender cores", cell: ({ senderCores }) => senderCores.toFixed(2) },
];

function phaseRows(phases: readonly PhaseReport[]): string {
  const shown = columns.filter(({ cell, isRare }) => isRare !== true || phases.some((phase) => cell(phase) !== "0"));
  const td = (phase: PhaseReport, { cell, isBad }: Column): string => {
    const text = cell(phase);
    return isBad === true && text !== "0" ? `<td class="some">${text}</td>` : `<td>${text}</td>`;
  };
  const rows = phases.map(
    (phase) =>
      `<tr><td class="words">${escapeXml(phase.name)}${phase.stopped ? " (stopped)" : ""}<br><span class="soft">${escapeXml(phase.plan)}</span></td>${shown.map((column) => td(phase, column)).join("")}</tr>`,
  );
  const left = columns.filter((column) => !shown.includes(column)).map(({ head }) => head);
  const unseen = left.length === 0 ? "" : ` There were none that are counted as: ${left.join(", ")}.`;
  return `<div class="scroll"><table><thead><tr><th class="words">phase</th>${shown.map(({ head }) => `<th class="head">${head}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div>
<p class="soft">Percentiles in ms, of requests with a result; a dash where there are too few to say. Sender: how late the sender itself was, ms, and how many cores it used; on one machine the server lacks those.${unseen}</p>`;
}
