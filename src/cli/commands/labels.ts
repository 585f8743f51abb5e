import { createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { defineCommand } from "citty";
import { disclaimer } from "../../contracts/index.ts";
import { exitCodes } from "../exit-codes.ts";
import { countRows, type LabelPiece, labelPieces } from "../labels-file.ts";
import { Progress } from "../progress.ts";
import { type ServerLink, ServerRefused } from "../server-link.ts";
import { serverArgs, withServer } from "../with-server.ts";

/** As `POST /v1/labels` answers. */
interface ImportAnswer {
  readonly added: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly refusals: readonly { readonly line: number; readonly code: string; readonly detail: string }[];
}
type Counts = Pick<ImportAnswer, "added" | "unchanged" | "refused">;

const importLabels = defineCommand({
  meta: {
    name: "import",
    description: "Send a file of labels to a server; the same file again is harmless, so a broken import is repeated.",
  },
  args: {
    file: { type: "positional", description: "CSV, or NDJSON where it ends in .ndjson or .jsonl", required: true },
    ...serverArgs,
    json: { type: "boolean", description: "The outcome as one JSON document on stdout" },
  },
  run: ({ args }) =>
    withServer(asking("import"), args, async (link) => {
      const counts = await send(link, args.file);
      const { added, unchanged, refused } = counts;
      if (args.json) process.stdout.write(`${JSON.stringify(counts)}\n`);
      else process.stdout.write(`${added} labels added, ${unchanged} known already, ${refused} rows refused\n`);
      return refused === 0 ? exitCodes.ok : exitCodes.partlyFailed;
    }),
});

const exportLabels = defineCommand({
  meta: { name: "export", description: "Write every labelled case of a programme to a CSV file." },
  args: {
    programme: { type: "string", description: "Screening programme", required: true },
    out: { type: "string", description: "Where the table goes", default: "labels.csv" },
    ...serverArgs,
  },
  run: ({ args }) =>
    withServer(asking("export"), args, async (link) => {
      await save(link, args.programme, args.out);
      process.stdout.write(`${args.out}\n${disclaimer}\n`);
      return exitCodes.ok;
    }),
});

export const labels = defineCommand({
  meta: { name: "labels", description: "What people say of cases, in and out of a server." },
  subCommands: { import: importLabels, export: exportLabels },
});

const asking = (name: string) => ({
  command: `fovea labels ${name}`,
  stopped: "stopped; the same command again is harmless",
});

async function send(link: ServerLink, file: string): Promise<Counts> {
  const progress = new Progress();
  const rows = await countRows(file);
  const counts = { added: 0, unchanged: 0, refused: 0 };
  let sent = 0;
  for await (const piece of labelPieces(file)) {
    const answer = await link.patiently(() => post(link, piece, file));
    for (const each of ["added", "unchanged", "refused"] as const) counts[each] += answer[each];
    for (const { line, code, detail } of answer.refusals)
      progress.note(`${file}:${line + piece.lineOffset}: ${code}: ${detail}`);
    const more = answer.refused - answer.refusals.length;
    if (more > 0) progress.note(`${file}: and ${more} more rows`);
    sent += piece.rows;
    progress.update("importing", sent, rows);
  }
  return counts;
}

async function post(link: ServerLink, piece: LabelPiece, file: string): Promise<ImportAnswer> {
  const request = {
    method: "POST",
    body: new Uint8Array(piece.body),
    headers: { "content-type": piece.type },
  };
  try {
    return (await (await link.ask("/v1/labels", request)).json()) as ImportAnswer;
  } catch (error) {
    if (!(error instanceof ServerRefused)) throw error;
    // Lines in its words are those of what was sent.
    const from = piece.lineOffset === 0 ? "" : ` (its lines are ${piece.lineOffset} further down in the file)`;
    throw new ServerRefused(`${file}: ${error.message}${from}`);
  }
}

/** The table appears under its name only when all of it is there. */
async function save(link: ServerLink, programme: string, out: string): Promise<void> {
  const part = `${out}.part`;
  await link.patiently(async () => {
    const answer = await link.ask(`/v1/programmes/${encodeURIComponent(programme)}/labels/export`);
    await pipeline(Readable.fromWeb(answer.body as ReadableStream), createWriteStream(part, { flush: true }));
  });
  await rename(part, out);
}
