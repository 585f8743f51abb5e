import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { defineCommand } from "citty";
import {
  compareReports,
  comparisonTable,
  differences,
  LoadInputError,
  type LoadReport,
  LoadTest,
  parseReport,
  readImages,
  reportPage,
  reportTable,
  scenarios,
} from "../../loadtest/index.ts";
import { systemClock } from "../../platform/index.ts";
import { exitCodes } from "../exit-codes.ts";
import { type LoadTestArgs, loadTestArgs, OptionError, readOptions } from "../loadtest-options.ts";
import { Progress } from "../progress.ts";

export const loadtest = defineCommand({
  meta: {
    name: "loadtest",
    description: "Send images to a server as callers would, and say what it did; or compare two such runs.",
  },
  args: loadTestArgs,
  run: async ({ args }) => {
    try {
      process.exitCode = args.compare === undefined ? await load(args) : await compare(args);
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      process.stderr.write(`fovea loadtest: ${words}\n`);
      process.exitCode =
        error instanceof OptionError
          ? exitCodes.usage
          : error instanceof LoadInputError
            ? exitCodes.data
            : exitCodes.unavailable;
    }
  },
});

async function load(args: LoadTestArgs): Promise<number> {
  const { scenario, image, target, seed, openMax, giveUpMs, options } = readOptions(args);
  const images = await readImages(image);
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  const progress = new Progress();
  const test = new LoadTest({
    target,
    images,
    seed,
    openMax,
    giveUpMs,
    clock: systemClock,
    signal: stop.signal,
    onProgress: (phase, done, of) => progress.update(phase, done, of),
  });
  try {
    await scenarios[scenario](test, options);
  } catch (error) {
    // What was measured until then is worth having.
    if (!stop.signal.aborted) throw error;
  } finally {
    test.close();
  }
  const report = test.report(scenario);
  await keep(report, args);
  if (stop.signal.aborted) return exitCodes.interrupted;
  if (report.phases.every(({ ok }) => ok === 0)) return exitCodes.unavailable;
  return args.check === true && report.checks.some(({ met }) => met === false) ? exitCodes.partlyFailed : exitCodes.ok;
}

async function keep(report: LoadReport, { json, out, html }: LoadTestArgs): Promise<void> {
  const text = `${JSON.stringify(report, undefined, 2)}\n`;
  process.stdout.write(json === true ? text : reportTable(report));
  for (const [file, content] of [
    [out, text],
    [html, html === undefined ? "" : reportPage(report)],
  ] as const) {
    if (file === undefined) continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    process.stderr.write(`${file}\n`);
  }
}

async function compare({ compare: first = "", json, _: [second] }: LoadTestArgs): Promise<number> {
  if (second === undefined) throw new OptionError("--compare takes two files: --compare before.json after.json");
  const before = await readReport(first);
  const after = await readReport(second);
  const compared = compareReports(before, after);
  const unlike = differences(before, after);
  if (json === true) process.stdout.write(`${JSON.stringify({ first, second, unlike, compared }, undefined, 2)}\n`);
  else {
    process.stdout.write(`first: ${first}, ${before.startedAt}\nsecond: ${second}, ${after.startedAt}\n\n`);
    process.stdout.write(comparisonTable(compared));
    for (const line of unlike) process.stdout.write(`not the same in both: ${line}\n`);
    process.stdout.write(
      "two runs of different hours differ by what else the machine did: alternate and repeat them\n",
    );
  }
  if (compared.length === 0) throw new LoadInputError("the two runs have no phase in common");
  return exitCodes.ok;
}

async function readReport(file: string): Promise<LoadReport> {
  try {
    return parseReport(await readFile(file, "utf8"));
  } catch (error) {
    throw new LoadInputError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
