import { pino } from "pino";
import { LinkSigner } from "../../src/access/index.ts";
import { urlRules } from "../../src/batches/index.ts";
import { type AuditEvent, type CaseRecord, Problem } from "../../src/contracts/index.ts";
import type { GatewayDeps } from "../../src/gateway/index.ts";
import { createMetrics, newCaseId, readConfig, systemClock } from "../../src/platform/index.ts";
import { finishedBatch, oneBatch } from "./batch-store.ts";
import { caseRecord } from "./case-record.ts";
import { type FakePredictor, fakePredictor } from "./fake-predictor.ts";
import { memoryLabels } from "./label-store.ts";
import { type MemoryPersons, memoryPersons } from "./person-store.ts";
import { catalog } from "./programme.ts";
import { memoryQueues } from "./queues.ts";

/** A case that every test gateway holds, read by both readers. */
export const knownCase = caseRecord({ id: "018f0000-0000-7000-8000-000000000001" });

const noBacklog = { batches: 0, queued: 0, leased: 0 };

/** Everything the gateway needs, in memory, and what it did with it. */
export interface TestDeps extends GatewayDeps {
  readonly predictor: FakePredictor;
  readonly memory: MemoryPersons;
  readonly kept: {
    readonly records: CaseRecord[];
    readonly objects: Set<string>;
    readonly events: AuditEvent[];
    readonly results: Map<string, string>;
  };
  /** Log lines so far, parsed. */
  readonly logged: () => Record<string, unknown>[];
  readonly state: { ready: boolean; reason?: string; draining: boolean };
}

export function testDeps(environment: Record<string, string> = {}, overrides: Partial<GatewayDeps> = {}): TestDeps {
  const kept = {
    records: [] as CaseRecord[],
    objects: new Set<string>(),
    events: [] as AuditEvent[],
    results: new Map<string, string>(),
  };
  const state: TestDeps["state"] = { ready: true, draining: false };
  const lines: string[] = [];
  const memory = memoryPersons();
  return {
    memory,
    persons: memory,
    notifications: memory,
    alerts: memory,
    config: readConfig({ PORT: "0", ...environment }),
    log: pino({ level: "trace" }, { write: (line) => void lines.push(line) }),
    metrics: createMetrics(),
    programmes: catalog,
    predictor: fakePredictor(),
    cases: {
      recordCase: async (record) => {
        kept.records.push(record);
        return record;
      },
      findClaimed: async () => undefined,
      getCase: async (id) => [knownCase, ...kept.records].find((record) => record.id === id),
      listCases: async (_filter, limit) => ({ cases: kept.records.slice(-limit).reverse() }),
      recordAccess: async (event) => void kept.events.push(event),
      driftFigures: async () => ({ keptCases: kept.records.length, countedAll: true, domainPValues: [] }),
      verifyAudit: async () => ({ intact: true, entries: 0, head: "" }),
    },
    objects: {
      putObject: async ({ sha256 }) => void kept.objects.add(sha256),
      getObject: async () => new Uint8Array([1, 2, 3]),
    },
    results: {
      keepResults: async (id, json) => void kept.results.set(id, json),
      getResults: async (id) => kept.results.get(id),
    },
    batches: {
      store: oneBatch(finishedBatch(knownCase.id)),
      rules: urlRules(undefined),
      wake: () => undefined,
      backlog: async () => noBacklog,
    },
    queues: memoryQueues(),
    audit: {
      last: () => undefined,
      verify: async () => ({ intact: true, entries: 3, head: "", at: "2026-01-01T10:00:00.000Z" }),
    },
    labels: memoryLabels((id) => [knownCase, ...kept.records].find((record) => record.id === id)),
    trainings: {
      startTraining: async () => {
        throw new Problem("training-data-missing");
      },
      latestTrainings: async () => [],
      cancelTraining: async () => undefined,
    },
    clock: systemClock,
    newCaseId,
    links: new LinkSigner("a secret for tests that is long enough"),
    warmUp: async () => true,
    ready: () => ({ ready: state.ready, ...(state.reason !== undefined && { reason: state.reason }) }),
    draining: () => state.draining,
    kept,
    state,
    logged: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    ...overrides,
  } as TestDeps;
}

/** The sum of a metric over all its labels. */
export async function metricOf({ metrics }: Pick<GatewayDeps, "metrics">, name: string): Promise<number> {
  const { values } = (await metrics.registry.getSingleMetric(name)?.get()) ?? { values: [] };
  return values.reduce((sum, { value }) => sum + value, 0);
}
