import { defineCommand } from "citty";
import { type CaseRecord, disclaimer, isProblem, type Strategy, strategies } from "../../contracts/index.ts";
import { type FileReader, openFileReader } from "../../main/index.ts";
import { configured } from "../configured.ts";
import { exitCodes } from "../exit-codes.ts";

/** Files read at once: enough to keep every worker busy, few enough to hold little in memory. */
const filesPerWorker = 2;

type Answer = { readonly file: string } & (
  | { readonly record: CaseRecord }
  | { readonly error: { readonly code: string; readonly detail: string } }
);

export const predict = defineCommand({
  meta: {
    name: "predict",
    description: "Read image files in this process, without a server and without keeping anything.",
  },
  args: {
    files: { type: "positional", description: "Image files (JPEG, PNG, WebP, TIFF, BMP)", required: true },
    programme: { type: "string", description: "Screening programme; default: the only one installed" },
    strategy: { type: "string", description: `One of ${strategies.join(", ")}; default: cascade` },
    json: { type: "boolean", description: "One JSON document a line on stdout, in the order of the files" },
  },
  run: async ({ args }) => {
    const config = configured();
    if (config === undefined) return;
    if (args.strategy !== undefined && !(strategies as readonly string[]).includes(args.strategy)) {
      process.stderr.write(`--strategy: one of ${strategies.join(", ")}\n`);
      process.exitCode = exitCodes.usage;
      return;
    }
    let reader: FileReader;
    try {
      reader = await openFileReader(config, {
        ...(args.programme !== undefined && { programme: args.programme }),
        ...(args.strategy !== undefined && { strategy: args.strategy as Strategy }),
      });
    } catch (error) {
      process.stderr.write(`fovea predict: ${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = exitCodes.unavailable;
      return;
    }
    const show = args.json ? showJson : showTable();
    try {
      const answers = readAll(reader, args._, Math.max(1, config.WORKERS) * filesPerWorker);
      let failed = 0;
      for await (const answer of answers) {
        if ("error" in answer) failed++;
        show(answer);
      }
      if (!args.json) process.stdout.write(`${disclaimer}\n`);
      process.exitCode = failed === 0 ? exitCodes.ok : exitCodes.partlyFailed;
    } finally {
      await reader.close();
    }
  },
});

/** Answers in the order of the files, with at most `width` files in work. */
async function* readAll(reader: FileReader, files: readonly string[], width: number): AsyncGenerator<Answer> {
  const running: Promise<Answer>[] = [];
  for (const file of files) {
    running.push(readOne(reader, file));
    if (running.length >= width) yield await (running.shift() as Promise<Answer>);
  }
  for (const rest of running) yield await rest;
}

async function readOne(reader: FileReader, file: string): Promise<Answer> {
  try {
    return { file, record: await reader.read(file, new AbortController().signal) };
  } catch (error) {
    if (!isProblem(error)) throw error;
    return { file, error: { code: error.code, detail: error.detail ?? error.spec.title } };
  }
}

function showJson(answer: Answer): void {
  process.stdout.write(`${JSON.stringify("record" in answer ? { file: answer.file, ...answer.record } : answer)}\n`);
}

function showTable(): (answer: Answer) => void {
  const header = row("outcome", "label", "prob.", "fast", "fine", "reason", "file");
  let started = false;
  return (answer) => {
    if (!started) process.stdout.write(header);
    started = true;
    if ("error" in answer) process.stderr.write(`${answer.file}: ${answer.error.code}: ${answer.error.detail}\n`);
    else process.stdout.write(rowOf(answer.file, answer.record));
  };
}

function rowOf(file: string, { decision, readings }: CaseRecord): string {
  const of = (reader: string): string => {
    const reading = readings.find((each) => each.reader === reader);
    return reading === undefined ? "-" : percent(reading.probabilities[decision.label] as number);
  };
  const { outcome, label, probability, reason } = decision;
  return row(outcome, label, percent(probability), of("fast"), of("fine"), reason, file);
}

const widths = [9, 9, 6, 6, 6, 16];
const row = (...cells: string[]): string => `${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")}\n`;
const percent = (p: number): string => `${(100 * p).toFixed(1)}%`;
