import type { Insertable } from "kysely";
import type { CaseRecord } from "../../contracts/index.ts";
import type { CaseTable, ReadingTable } from "../schema.ts";

export function caseRow(record: CaseRecord, json: string): Insertable<CaseTable> {
  const { decision } = record;
  return {
    id: record.id,
    programme: record.programme,
    created_at: new Date(record.createdAt),
    outcome: decision.outcome,
    reason: decision.reason,
    stage: decision.stage,
    label: decision.label,
    probability: decision.probability,
    escalated: decision.escalated,
    gradability: decision.gradability,
    strategy: decision.strategy,
    image_sha256: record.image.sha256,
    patient_id: record.patientId ?? null,
    external_id: record.externalId ?? null,
    site: record.site ?? null,
    laterality: record.laterality ?? null,
    view: record.view ?? null,
    training_consent: record.trainingConsent ?? null,
    record: json,
  };
}

export function readingRows(record: CaseRecord): Insertable<ReadingTable>[] {
  return record.readings.map((reading, position) => ({
    case_id: record.id,
    position,
    reader: reading.reader,
    pack: reading.pack,
    digest: reading.digest,
    probabilities: JSON.stringify(reading.probabilities),
    domain_p_value: reading.domainPValue ?? null,
    worker: reading.worker,
    queue_ms: reading.timings.queueMs,
    decode_ms: reading.timings.decodeMs,
    compute_ms: reading.timings.computeMs,
  }));
}
