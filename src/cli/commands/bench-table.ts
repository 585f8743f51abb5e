import type { MachineBench, ProgrammeBench } from "../../main/index.ts";

const head = ["programme", "images/s", "n", "one image", "n", "limited by"];

/** What a machine can do, for people: a line of circumstances, a table, and where the time of one image goes. */
export function benchTable(bench: MachineBench): string {
  const rows = [head, ...bench.programmes.map(rowOf)];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] as number))
      .join("  ")
      .trimEnd(),
  );
  const { cores, workers, provider, images, records } = bench;
  return [
    `${cores} cores, ${workers} workers, ${provider}; ${images}; records in ${records}; no HTTP`,
    "",
    ...table,
    "",
    ...bench.programmes.map(
      ({ programme, latency: { shares, allCores } }) =>
        `${programme}: of one image's time ${percent(shares.decode)} decoding, ${percent(shares.network)} networks, ` +
        `${percent(shares.records)} records, ${percent(shares.other)} other; ${percent(allCores)} read with all cores`,
    ),
    "Intervals are 95 % within this run; the machine may be slower at another hour.",
    "",
  ].join("\n");
}

function rowOf({ programme, throughput, latency, bottleneck }: ProgrammeBench): string[] {
  const [low, high] = throughput.interval;
  const [least, most] = latency.interval;
  return [
    programme,
    `${throughput.perSecond.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)})`,
    `${throughput.n} in ${throughput.seconds.toFixed(1)} s`,
    `${latency.ms.toFixed(1)} ms (${least.toFixed(1)} to ${most.toFixed(1)})`,
    String(latency.n),
    `${bottleneck.what} (workers ${percent(bottleneck.workersBusy)} busy)`,
  ];
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
