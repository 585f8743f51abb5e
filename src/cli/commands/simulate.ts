import { defineCommand } from "citty";
import {
  askFairness,
  type CapacityAnswer,
  measureCapacity,
  measureDispatcher,
  runSeeds,
  type SeedReport,
  type SeedsSummary,
  simulateSeed,
} from "../../simulation/index.ts";
import { exitCodes } from "../exit-codes.ts";
import { Progress } from "../progress.ts";

const seedMax = 2 ** 31;

/** @returns undefined, with a word on stderr and the exit code, when it is no number from `least` to `most` */
function numberOf(name: string, text: string, least: number, most: number): number | undefined {
  const value = Number(text);
  if (text.trim() !== "" && value >= least && value <= most) return value;
  process.stderr.write(`fovea simulate: --${name} must be a number from ${least} to ${most}\n`);
  process.exitCode = exitCodes.usage;
  return undefined;
}

const whole = (name: string, text: string, least: number, most: number): number | undefined => {
  const value = numberOf(name, text, least, most);
  return value === undefined ? undefined : Math.floor(value);
};

const print = (text: string): void => void process.stdout.write(text);
const json = (value: object): void => print(`${JSON.stringify(value, undefined, 2)}\n`);

const faultArgs = {
  seeds: { type: "string", description: "How many runs", default: "10000" },
  first: { type: "string", description: "Seed of the first one", default: "0" },
  seed: { type: "string", description: "One run, by its seed" },
  trace: { type: "boolean", description: "With --seed: everything that happens, line by line" },
  json: { type: "boolean", description: "One JSON document on stdout" },
} as const;

const faults = defineCommand({
  meta: {
    name: "faults",
    description: "Run dispatcher, leases and batches in virtual time while everything goes wrong, once for each seed.",
  },
  args: faultArgs,
  run: async ({ args }) => {
    if (args.seed !== undefined) return runOne(args.seed, args.trace === true, args.json === true);
    const [seeds, first] = [whole("seeds", args.seeds, 1, 1e7), whole("first", args.first, 0, seedMax)];
    if (seeds === undefined || first === undefined) return;
    const progress = new Progress();
    const started = performance.now();
    const total = await runSeeds(first, seeds, (done, of) => progress.update("simulation", done, of));
    const seconds = (performance.now() - started) / 1000;
    if (args.json) json({ ...total, seconds });
    else print(summaryOf(total, seconds));
    if (total.brokenCount > 0) process.exitCode = exitCodes.partlyFailed;
  },
});

async function runOne(text: string, trace: boolean, asJson: boolean): Promise<void> {
  const seed = whole("seed", text, 0, seedMax);
  if (seed === undefined) return;
  const report = await simulateSeed({ seed, ...(trace && { onLine: (line: string) => print(`${line}\n`) }) });
  if (asJson) json(report);
  else print(reportOf(report));
  if (report.broken !== undefined) process.exitCode = exitCodes.partlyFailed;
}

const listOf = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");

function reportOf({ seed, broken, hash, events, virtualMs, faults: struck, items, tasks }: SeedReport): string {
  const lines = [
    `seed ${seed}: ${events} events in ${(virtualMs / 1000).toFixed(1)} virtual seconds, hash ${hash}`,
    `faults: ${Object.keys(struck).length === 0 ? "NONE, so this run proves little" : listOf(struck)}`,
    `tasks: ${listOf(tasks)}`,
    `items: ${listOf(items)}`,
    broken === undefined ? "every rule held" : `RULE BROKEN after ${broken.atMs.toFixed(3)} ms: ${broken.rule}`,
  ];
  return `${lines.join("\n")}\n`;
}

function summaryOf(total: SeedsSummary, seconds: number): string {
  const { seeds, broken, brokenCount, faultless, events, virtualMs, tasks, hedges, items, leases } = total;
  const hedged = hedges.of === 0 ? "none" : `${((100 * hedges.sent) / hedges.of).toFixed(2)} %`;
  const lines = [
    `${seeds} runs in ${seconds.toFixed(1)} s: ${events} events in ${(virtualMs / 3_600_000).toFixed(1)} virtual hours`,
    `faults: ${listOf(total.faults)}; ${faultless} runs without any`,
    `tasks: ${tasks.settled} answered, ${tasks.cancelled} cancelled; of ${hedges.of} that might be hedged: ${hedged}`,
    `items: ${listOf(items)}`,
    `leases: ${leases.takenOver} taken over, ${leases.fenced} late words of former holders refused`,
    ...broken.map(
      (each) => `RULE BROKEN: ${each.broken?.rule}\n  fovea simulate --seed ${each.seed} --trace   # hash ${each.hash}`,
    ),
    brokenCount === 0 ? "every rule held in every run" : `${brokenCount} runs broke a rule`,
  ];
  return `${lines.join("\n")}\n`;
}

const capacity = defineCommand({
  meta: {
    name: "capacity",
    description: "Simulate a cluster of any size in virtual time, and measure what the dispatcher itself costs.",
  },
  args: {
    nodes: { type: "string", description: "Nodes, up to 1024", default: "1000" },
    rate: { type: "string", description: "Images a second", default: "100000" },
    seconds: { type: "string", description: "Virtual seconds that are measured", default: "2" },
    "fixed-ms": { type: "string", description: "a: a node reads n images together in a + b*n ms", default: "4" },
    "item-ms": { type: "string", description: "b", default: "4" },
    batch: { type: "string", description: "Most images that are read together", default: "8" },
    slots: { type: "string", description: "Batches that a node reads at the same time", default: "1" },
    credit: { type: "string", description: "Most images that the server may have open at a node", default: "64" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  run: async ({ args }) => {
    const nodes = whole("nodes", args.nodes, 1, 1024);
    const rate = numberOf("rate", args.rate, 1, 1e6);
    const seconds = numberOf("seconds", args.seconds, 0.1, 3600);
    const fixedMs = numberOf("fixed-ms", args["fixed-ms"], 0, 60_000);
    const itemMs = numberOf("item-ms", args["item-ms"], 0.001, 60_000);
    const batchMax = whole("batch", args.batch, 1, 1024);
    const slots = whole("slots", args.slots, 1, 1024);
    const creditItems = whole("credit", args.credit, 1, 100_000);
    if (nodes === undefined || rate === undefined || seconds === undefined) return;
    if (fixedMs === undefined || itemMs === undefined || batchMax === undefined) return;
    if (slots === undefined || creditItems === undefined) return;
    const question = { nodes, rate, seconds, fixedMs, itemMs, batchMax, slots, creditItems };
    const progress = new Progress();
    const { answer, core } = measureCapacity(question, (done, of) =>
      progress.update("capacity", done / 1000, of / 1000),
    );
    const dispatcher = await measureDispatcher(question);
    if (args.json) json({ question, answer, core, dispatcher });
    else
      print(
        `${answerOf("simulated", answer)}measured   deciding costs ${core.microseconds.toFixed(1)} us of one core an image (${core.images} images)\n` +
          `measured   the whole dispatcher, without NATS client and network, ${dispatcher.microseconds.toFixed(1)} us (${dispatcher.images} images)\n`,
      );
  },
});

function answerOf(name: string, answer: CapacityAnswer): string {
  const { latencyMs: ms, utilisation, offered, answered, answeredPerS, refused } = answer;
  const share = (value: number): string => `${(100 * value).toFixed(0)} %`;
  const no = Object.keys(refused).length === 0 ? "none refused" : `refused: ${listOf(refused)}`;
  return (
    `${name.padEnd(10)} ${answeredPerS.toFixed(0)} images/s: ${answered} of ${offered} answered, ${no}\n` +
    `${" ".repeat(10)} latency ms p50 ${ms.p50.toFixed(1)}, p95 ${ms.p95.toFixed(1)}, p99 ${ms.p99.toFixed(1)}, max ${ms.max.toFixed(1)} (n = ${ms.n})\n` +
    `${" ".repeat(10)} utilisation ${share(utilisation.mean)}, of nodes from ${share(utilisation.least)} to ${share(utilisation.most)}\n`
  );
}

const fairness = defineCommand({
  meta: { name: "fairness", description: "Simulate what one slow node among ten does to everybody's latency." },
  args: {
    slower: { type: "string", description: "How many times slower it is", default: "4" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  run: ({ args }) => {
    const slower = numberOf("slower", args.slower, 1, 1000);
    if (slower === undefined) return;
    const progress = new Progress();
    const found = askFairness(slower, (done, of) => progress.update("fairness", done / 1000, of / 1000));
    if (args.json) return json(found);
    print(
      answerOf("slow node", found.withSlow) +
        answerOf("all equal", found.allEqual) +
        answerOf("without it", found.without) +
        `p99 with the slow node is ${found.p99Ratio.toFixed(2)} of that without it, ${found.p99RatioToEqual.toFixed(2)} of that with all equal; it got ${(100 * found.withSlow.slowShare).toFixed(2)} % of the images\n`,
    );
  },
});

export const simulate = defineCommand({
  meta: {
    name: "simulate",
    description: "Dispatcher, leases and batches under faults in virtual time; capacity and fairness of a cluster.",
  },
  args: faultArgs,
  subCommands: { faults, capacity, fairness },
  default: "faults",
});
