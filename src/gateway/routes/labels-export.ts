import { disclaimer, type Labels } from "../../contracts/index.ts";
import { AnswerStreams } from "../answer-streams.ts";
import { csvRow } from "../csv-row.ts";
import { answer, type GatewayApp } from "../documented.ts";
import type { Serving } from "../serving.ts";
import { noteRead } from "./case-records.ts";
import { exportRoute } from "./labels-document.ts";
import { findManifest, labelsKept } from "./labels-kept.ts";

/** Cases of one page; a page is what is in memory. */
const pageCases = 200;

const columns = [
  "case_id",
  "truth",
  "conflict",
  "labels",
  "outcome",
  "audit_probability",
  "audit_chosen",
  "disclaimer",
] as const;

type LabelledPage = Awaited<ReturnType<Labels["labelledCases"]>>;

export function routeLabelExport(app: GatewayApp, serving: Serving): void {
  const streams = new AnswerStreams();
  answer(app, exportRoute, async (c) => {
    const labels = labelsKept(serving);
    const { id } = findManifest(serving, c);
    await noteRead(serving, c, "labels.read", `programme/${id}`);
    // Once the answer has begun, a failure can only cut it off: what can be refused is asked for before.
    const first = await labels.labelledCases(id, { limit: pageCases });
    c.header("Content-Type", "text/csv; charset=utf-8");
    c.header("Content-Disposition", `attachment; filename="labels-${id}.csv"`);
    // What nobody reads would never end.
    if (c.req.method === "HEAD") return c.body(null);
    return c.body(streams.open(linesOf(labels, id, first)));
  });
}

async function* linesOf(labels: Labels, programme: string, first: LabelledPage): AsyncGenerator<string> {
  yield csvRow(columns);
  for (let page = first; ; ) {
    if (page.length > 0) yield page.map(caseLine).join("");
    const before = page.at(-1)?.record.id;
    if (before === undefined || page.length < pageCases) return;
    page = await labels.labelledCases(programme, { before, limit: pageCases });
  }
}

function caseLine({ record, labelled, audit }: LabelledPage[number]): string {
  const { truth, conflict, labels } = labelled;
  const { probability, chosen } = audit?.human ?? {};
  return csvRow([record.id, truth, conflict, labels.length, record.decision.outcome, probability, chosen, disclaimer]);
}
