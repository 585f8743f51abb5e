import { type BatchRecord, type BatchResult, disclaimer, problems } from "../../contracts/index.ts";
import { csvRow } from "../csv-row.ts";
import { renderCase } from "../render-case.ts";

export function renderBatch(batch: BatchRecord) {
  const { id, programme, strategy, priority, state, counts, createdAt, finishedAt, itemsPerSecond, webhook } = batch;
  const self = `/v1/batches/${id}`;
  const left = counts.queued + counts.leased;
  return {
    id,
    programme,
    ...(strategy !== undefined && { strategy }),
    priority,
    status: state,
    counts,
    itemsPerSecond: itemsPerSecond ?? null,
    etaSeconds: itemsPerSecond === undefined ? null : Math.ceil(left / itemsPerSecond),
    createdAt,
    finishedAt: finishedAt ?? null,
    webhook: webhook ?? null,
    links: {
      self,
      events: `${self}/events`,
      results: `${self}/results`,
      cancel: `${self}/cancel`,
      retry: `${self}/retry-failed`,
    },
  };
}

export const isFinished = ({ state }: BatchRecord): boolean => state === "done" || state === "cancelled";

/** One line of JSON, with its end. */
export function resultLine({ seq, customId, state, record, problem }: BatchResult): string {
  const error = problem && { code: problem.code, detail: problem.detail ?? problems[problem.code].title };
  const line = {
    index: seq,
    custom_id: customId ?? null,
    status: state,
    case: record === undefined ? null : renderCase(record),
    error: error ?? null,
  };
  return `${JSON.stringify(line)}\n`;
}

export const csvHead =
  "index,custom_id,status,case_id,outcome,label,probability,stage,reason,error_code,error_detail,disclaimer\r\n";

export function csvLine({ seq, customId, state, record, problem }: BatchResult): string {
  const decision = record?.decision;
  const cells = [
    seq,
    customId,
    state,
    record?.id,
    decision?.outcome,
    decision?.label,
    decision?.probability,
    decision?.stage,
    decision?.reason,
    problem?.code,
    problem?.detail,
    record === undefined ? undefined : disclaimer,
  ];
  return csvRow(cells);
}
