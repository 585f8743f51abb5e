import { Readable } from "node:stream";
import { setImmediate as letOthersIn } from "node:timers/promises";
import { parse } from "csv-parse";
import { Problem } from "../contracts/problems.ts";
import { malformedBody } from "./body-kind.ts";

/** Read at a time; others are served in between. */
const sliceBytes = 16 * 1024;
const newline = 0x0a;

export interface TableLimits {
  /** Without the header. */
  readonly rowsMax: number;
  /** Of one line, and of one row that goes over several. */
  readonly lineBytesMax: number;
}

/** One row, or why it is none, in the order of the table. */
export type TableRow = {
  /** From 1, the header's; of a row over several lines the last one. */
  readonly line: number;
} & (
  | {
      /** By column; has no prototype. A cell that is empty is absent. */
      readonly fields: Readonly<Record<string, string>>;
    }
  | { readonly problem: Problem }
);

/**
 * Reads a table whose first row names its columns (RFC 4180): UTF-8 with or without a byte order mark, comma or semicolon,
 * lines that end in LF or CRLF, blank lines passed over, spaces around cells dropped.
 *
 * @param columns that may be there, in lower case; any other is refused, because a name that is misspelt would be lost
 * @throws {Problem} body-malformed, body-too-large, field-invalid for the header
 */
export async function readCsv(
  body: Buffer,
  columns: readonly string[],
  { rowsMax, lineBytesMax }: TableLimits,
): Promise<readonly TableRow[]> {
  checkText(body);
  checkLines(body, lineBytesMax);
  const rows: TableRow[] = [];
  let header: readonly string[] | undefined;
  try {
    for await (const { record, info } of records(body, lineBytesMax)) {
      if (header === undefined) header = headerOf(record, columns);
      else if (rows.push(rowOf(record, info.lines, header)) > rowsMax) throw tooManyRows(rowsMax);
    }
  } catch (error) {
    throw error instanceof Error && "lines" in error
      ? malformedBody(`The table cannot be read: its quotes do not fit, or a row is too long, at line ${error.lines}.`)
      : error;
  }
  if (header === undefined) throw malformedBody("The table is empty.");
  return rows;
}

export const tooManyRows = (rowsMax: number): Problem =>
  new Problem("body-too-large", { detail: `At most ${rowsMax} rows are taken at once.` });

/** A wrong character set would make other names of people's names, without anybody noticing. */
function checkText(body: Buffer): void {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    throw malformedBody("The table is not in UTF-8.");
  }
}

/** Before anything is made of them: the parser counts cells that hold something, and a line of commas holds none. */
function checkLines(body: Buffer, lineBytesMax: number): void {
  for (let from = 0, line = 1; from < body.length; line++) {
    const found = body.indexOf(newline, from);
    const end = found === -1 ? body.length : found;
    if (end - from > lineBytesMax)
      throw malformedBody(`A line of the table may have at most ${lineBytesMax} bytes; line ${line} has more.`);
    from = end + 1;
  }
}

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function records(body: Buffer, lineBytesMax: number): AsyncIterable<Parsed> {
  const parser = parse({
    bom: true,
    delimiter: delimiterOf(body),
    info: true,
    max_record_size: lineBytesMax,
    // Else the first line would decide for all.
    record_delimiter: ["\r\n", "\n", "\r"],
    // How many cells a row has is judged row by row.
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  });
  return Readable.from(slices(body)).pipe(parser) as AsyncIterable<Parsed>;
}

async function* slices(body: Buffer): AsyncGenerator<Buffer> {
  for (let from = 0; from < body.length; from += sliceBytes) {
    yield body.subarray(from, from + sliceBytes);
    await letOthersIn();
  }
}

/** Where the comma is in numbers, spreadsheets separate cells by semicolons. */
function delimiterOf(body: Buffer): string {
  const end = body.indexOf(newline);
  const first = body.subarray(0, end === -1 ? body.length : end);
  return first.includes(";") && !first.includes(",") ? ";" : ",";
}

function headerOf(record: readonly string[], columns: readonly string[]): readonly string[] {
  const names = record.map((name) => name.toLowerCase());
  const isWrong = names.some((name, i) => !columns.includes(name) || names.indexOf(name) !== i);
  if (isWrong)
    throw new Problem("field-invalid", {
      detail: `The first row names the columns, each once and no others than ${columns.join(", ")}.`,
    });
  return names;
}

function rowOf(record: readonly string[], line: number, header: readonly string[]): TableRow {
  if (record.length !== header.length) {
    const detail = `the row has ${record.length} cells, the header ${header.length}`;
    return { line, problem: new Problem("field-invalid", { detail }) };
  }
  const fields = Object.create(null) as Record<string, string>;
  for (const [i, name] of header.entries()) if (record[i] !== "") fields[name] = record[i] as string;
  return { line, fields };
}
