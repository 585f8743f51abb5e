import { setImmediate as letOthersIn } from "node:timers/promises";
import { type CaseRecord, isProblem, type Labels, Problem, problems } from "../../contracts/index.ts";
import { parseJsonObject, readBytes, readCsv, type TableRow, tooManyRows } from "../../intake/index.ts";
import { readBody } from "../case-request.ts";
import { answer, type GatewayApp } from "../documented.ts";
import { type GatewayContext, originOf, type Serving } from "../serving.ts";
import { receive } from "../upload.ts";
import { noteRead } from "./case-records.ts";
import { importRoute, type LabelRow, labelColumns, labelRowSchema } from "./labels-document.ts";
import { checkLabel, labelsKept, type NewLabel } from "./labels-kept.ts";

const bytesMax = 1024 * 1024;
const limits = { rowsMax: 5000, lineBytesMax: 8 * 1024 };
/** Refused rows that are said one by one; all are counted. */
const refusalsMax = 100;
/** Written at a time, each of another case: what one person says twice of a case stays in its order. */
const writesMax = 16;
/** Lines that are parsed before others are served. */
const restRows = 250;
const newline = 0x0a;

type Refusal = { readonly line: number; readonly problem: Problem };
type Checked = { readonly line: number; readonly label: NewLabel } | Refusal;

export function routeLabelImport(app: GatewayApp, serving: Serving): void {
  answer(app, importRoute, async (c) => {
    const labels = labelsKept(serving);
    const lease = serving.budget.reserve(0);
    const { upload, signal, done } = receive(c);
    try {
      const body = await readBytes(upload, { bytesMax, signal, lease }).finally(done);
      const rows = await rowsOf(String(upload.headers["content-type"] ?? ""), body);
      const checked = await checkRows(serving, rows);
      await noteRead(serving, c, "labels.read", `labels/${rows.length}`);
      return c.json(await addRows(labels, c, checked));
    } finally {
      lease.release();
    }
  });
}

/** @throws {Problem} body-malformed for a type that is neither, and as the readers do */
async function rowsOf(contentType: string, body: Buffer): Promise<readonly TableRow[]> {
  const [type = "", ...parameters] = contentType
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  const charset = parameters.find((each) => each.startsWith("charset="))?.slice("charset=".length);
  if (charset !== undefined && !/^"?utf-?8"?$/.test(charset))
    throw new Problem("body-malformed", { detail: "Labels are sent in UTF-8." });
  if (type === "text/csv") return readCsv(body, labelColumns, limits);
  if (type === "application/x-ndjson" || type === "application/ndjson") return readLines(body);
  throw new Problem("body-malformed", { detail: "Send labels as text/csv or application/x-ndjson." });
}

/** One object a line. A line that cannot be read refuses all of them: whose it is cannot be told. */
async function readLines(body: Buffer): Promise<readonly TableRow[]> {
  const rows: TableRow[] = [];
  for (let from = 0, line = 1; from < body.length; line++) {
    const found = body.indexOf(newline, from);
    const end = found === -1 ? body.length : found;
    const text = body.subarray(from, end);
    from = end + 1;
    if (text.every((byte) => byte === 0x20 || byte === 0x0d)) continue;
    if (rows.length === limits.rowsMax) throw tooManyRows(limits.rowsMax);
    rows.push({ line, fields: fieldsOf(text, line) });
    if (rows.length % restRows === 0) await letOthersIn();
  }
  return rows;
}

function fieldsOf(text: Buffer, line: number): Readonly<Record<string, string>> {
  if (text.length > limits.lineBytesMax)
    throw new Problem("body-malformed", { detail: `Line ${line} has more than ${limits.lineBytesMax} bytes.` });
  try {
    // What is no text is refused with the row.
    return parseJsonObject(text) as Readonly<Record<string, string>>;
  } catch (error) {
    throw isProblem(error) ? new Problem(error.code, { detail: `Line ${line}: ${error.message}` }) : error;
  }
}

/** What each row says, of which case; or why it cannot be said. */
async function checkRows(serving: Serving, rows: readonly TableRow[]): Promise<readonly Checked[]> {
  const found = new Map<string, Promise<Pick<CaseRecord, "id" | "programme">>>();
  const checked: Checked[] = [];
  for (const row of rows) checked.push(await unlessRefused(row.line, () => check(serving, row, found)));
  return checked;
}

async function check(
  serving: Serving,
  row: TableRow,
  found: Map<string, ReturnType<typeof findCaseOf>>,
): Promise<{ readonly line: number; readonly label: NewLabel }> {
  if ("problem" in row) throw row.problem;
  const { case_id, external_id, note, ...said } = readBody(labelRowSchema, row.fields);
  const key = JSON.stringify([case_id, external_id]);
  const finding = found.get(key) ?? findCaseOf(serving, { case_id, external_id });
  found.set(key, finding);
  const { id, programme } = await finding;
  checkLabel(serving, programme, said.label);
  return { line: row.line, label: { caseId: id, ...said, ...(note !== undefined && { note }) } };
}

/** @throws {Problem} case-unknown, field-invalid when several cases have the external id */
async function findCaseOf(
  { cases }: Pick<Serving, "cases">,
  { case_id, external_id }: Pick<LabelRow, "case_id" | "external_id">,
): Promise<Pick<CaseRecord, "id" | "programme">> {
  if (case_id !== undefined) {
    const record = await cases.getCase(case_id.toLowerCase());
    if (record === undefined) throw new Problem("case-unknown");
    return record;
  }
  const { cases: named } = await cases.listCases({ externalId: external_id as string }, 2);
  const [record] = named;
  if (record === undefined) throw new Problem("case-unknown");
  if (named.length > 1)
    throw new Problem("field-invalid", { detail: "external_id: several cases have it; give case_id instead" });
  return record;
}

/** @throws what is no row's fault, e.g. store-unavailable; what was added until then stays, and is unchanged next time */
async function addRows(labels: Labels, c: GatewayContext, checked: readonly Checked[]) {
  const refused: Refusal[] = checked.filter((row) => "problem" in row);
  const counts = { added: 0, unchanged: 0 };
  for (const wave of wavesOf(checked.filter((row) => "label" in row))) {
    c.get("signal").throwIfAborted();
    const answers = await Promise.all(
      wave.map(({ line, label }) =>
        unlessRefused(line, async () => ({ line, added: (await labels.addLabel(label, originOf(c))).added })),
      ),
    );
    for (const each of answers)
      if ("problem" in each) refused.push(each);
      else counts[each.added ? "added" : "unchanged"]++;
  }
  const refusals = refused
    .sort((one, other) => one.line - other.line)
    .slice(0, refusalsMax)
    .map(({ line, problem: { code, detail } }) => ({ line, code, detail: detail ?? problems[code].title }));
  return { ...counts, refused: refused.length, refusals };
}

/** In order, at most `writesMax` together and never two of one case. */
function* wavesOf<T extends { readonly label: NewLabel }>(rows: readonly T[]): Generator<readonly T[]> {
  let wave: T[] = [];
  let cases = new Set<string>();
  for (const row of rows) {
    if (wave.length === writesMax || cases.has(row.label.caseId)) {
      yield wave;
      wave = [];
      cases = new Set();
    }
    wave.push(row);
    cases.add(row.label.caseId);
  }
  if (wave.length > 0) yield wave;
}

/** A row's own fault refuses the row; whatever else is wrong refuses the request. */
async function unlessRefused<T>(line: number, act: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await act();
  } catch (error) {
    if (isProblem(error) && (error.code === "case-unknown" || error.code === "field-invalid"))
      return { line, problem: error };
    throw error;
  }
}
