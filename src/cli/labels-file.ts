import { createReadStream } from "node:fs";

/** A server takes more, but what it refuses is then known sooner. */
const pieceRowsMax = 500;
const pieceBytesMax = 512 * 1024;
/** Of one row: a quote that does not end would else hold the rest of the file. */
const rowBytesMax = 64 * 1024;
const [newline, space, quote] = [0x0a, 0x20, 0x22];

/** The file cannot be sent. */
export class LabelFileError extends Error {
  override readonly name = "LabelFileError";
}

/** As much of a file as is sent at once, complete in itself: a table has its header. */
export interface LabelPiece {
  readonly type: "text/csv" | "application/x-ndjson";
  readonly body: Buffer;
  readonly rows: number;
  /** To be added to a line of the body, for the line of the file. */
  readonly lineOffset: number;
}

interface Row {
  readonly bytes: Buffer;
  readonly isBlank: boolean;
  /** Of the file, from 1. */
  readonly line: number;
  readonly lines: number;
}

/**
 * A file of labels in pieces: one JSON object a line where it ends in `.ndjson` or `.jsonl`, else a table. Its bytes are
 * passed on as they are, so that the server judges their character set.
 *
 * @throws {LabelFileError}
 */
export async function* labelPieces(file: string): AsyncGenerator<LabelPiece> {
  const isTable = !/\.(ndjson|jsonl)$/i.test(file);
  const type = isTable ? "text/csv" : "application/x-ndjson";
  let header: Row | undefined;
  let held: Row[] = [];
  let heldBytes = 0;
  const take = (): LabelPiece => {
    const first = held[0] as Row;
    const all = header === undefined ? held : [header, ...held];
    const body = Buffer.concat(all.map(({ bytes }) => bytes));
    const piece = {
      type,
      body,
      rows: held.filter(({ isBlank }) => !isBlank).length,
      lineOffset: first.line - 1 - (header?.lines ?? 0),
    } as const;
    held = [];
    heldBytes = 0;
    return piece;
  };
  for await (const row of rowsOf(file, isTable)) {
    if (isTable && header === undefined) {
      // Blank lines before it are no part of anything.
      if (!row.isBlank) header = row;
      continue;
    }
    if (held.length === pieceRowsMax || (held.length > 0 && heldBytes + row.bytes.length > pieceBytesMax)) yield take();
    held.push(row);
    heldBytes += row.bytes.length;
  }
  if (held.length > 0) yield take();
}

/** How many there are, without the header. @throws {LabelFileError} when there are none */
export async function countRows(file: string): Promise<number> {
  let count = 0;
  for await (const { rows } of labelPieces(file)) count += rows;
  if (count === 0) throw new LabelFileError(`${file}: holds no labels`);
  return count;
}

/** Rows with their ends; one of a table goes on where a quote is open. Blank lines are there too: they count as lines. */
async function* rowsOf(file: string, isTable: boolean): AsyncGenerator<Row> {
  let open: Buffer[] = [];
  let [line, number, openBytes] = [1, 0, 0];
  let isQuoted = false;
  for await (const each of linesOf(file)) {
    number++;
    if (open.length === 0) line = number;
    open.push(each);
    openBytes += each.length;
    if (openBytes > rowBytesMax) throw new LabelFileError(`${file}:${line}: this row does not end`);
    if (isTable) for (const byte of each) if (byte === quote) isQuoted = !isQuoted;
    if (isQuoted) continue;
    yield { bytes: Buffer.concat(open), isBlank: !each.some((byte) => byte > space), line, lines: open.length };
    open = [];
    openBytes = 0;
  }
  if (open.length > 0) throw new LabelFileError(`${file}:${line}: a quote of this row does not end`);
}

async function* linesOf(file: string): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      const text = Buffer.concat([rest, chunk]);
      let from = 0;
      for (let end = text.indexOf(newline); end !== -1; end = text.indexOf(newline, from)) {
        yield text.subarray(from, end + 1);
        from = end + 1;
      }
      rest = text.subarray(from);
      if (rest.length > rowBytesMax) throw new LabelFileError(`${file}: a line is longer than ${rowBytesMax} bytes`);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : new LabelFileError(`${file}: ${code}`);
  }
  // Another row would be appended to it.
  if (rest.length > 0) yield Buffer.concat([rest, Buffer.from("\n")]);
}
