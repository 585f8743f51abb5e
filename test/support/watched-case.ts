import type { CaseRecord, DriftInput } from "../../src/contracts/index.ts";
import { caseRecord } from "./case-record.ts";

/** A case that the monitor is told of: the probability that its decision claims is in the record. */
export function watchedRecord(programme: string, change: Partial<CaseRecord["decision"]> = {}): CaseRecord {
  const record = caseRecord({ programme });
  return { ...record, decision: { ...record.decision, positiveProbability: 0.0876, ...change } };
}

/** The same with a second look to come. */
export function provisionalRecord(programme: string): CaseRecord {
  const record = watchedRecord(programme, { outcome: "person", reason: "second-look-pending" });
  const secondLook = { cause: "unavailable", gain: 0.2, gainFrom: "band", dueAt: record.createdAt } as const;
  return { ...record, status: "provisional", secondLook };
}

/** Spared by both coins, unless `chosen` names one. */
export function driftInput(chosen: readonly ("fine" | "human")[] = [], change: Partial<DriftInput> = {}): DriftInput {
  return {
    audit: {
      stratum: "fast-negative",
      epoch: "epoch-1",
      fine: { probability: 0.05, chosen: chosen.includes("fine") },
      human: { probability: 0.01, chosen: chosen.includes("human") },
    },
    group: "group-1",
    release: { fast: "f".repeat(64), fine: "e".repeat(64), band: "b".repeat(64) },
    fastLogOdds: -2.345678901234567,
    fastPositive: false,
    ...change,
  };
}
