import { pino } from "pino";
import type { CaseRecord } from "../../src/contracts/index.ts";
import type { GatewayDeps } from "../../src/gateway/index.ts";
import { createMetrics, newCaseId, readConfig, systemClock } from "../../src/platform/index.ts";
import { type FakePredictor, fakePredictor } from "./fake-predictor.ts";
import { catalog } from "./programme.ts";

/** Everything the gateway needs, in memory, and what it did with it. */
export interface TestDeps extends GatewayDeps {
  readonly predictor: FakePredictor;
  readonly kept: { readonly records: CaseRecord[]; readonly objects: Set<string> };
  /** Log lines so far, parsed. */
  readonly logged: () => Record<string, unknown>[];
  readonly state: { ready: boolean; reason?: string; draining: boolean };
}

export function testDeps(environment: Record<string, string> = {}, overrides: Partial<GatewayDeps> = {}): TestDeps {
  const kept = { records: [] as CaseRecord[], objects: new Set<string>() };
  const state: TestDeps["state"] = { ready: true, draining: false };
  const lines: string[] = [];
  return {
    config: readConfig({ PORT: "0", ...environment }),
    log: pino({ level: "trace" }, { write: (line) => void lines.push(line) }),
    metrics: createMetrics(),
    programmes: catalog,
    predictor: fakePredictor(),
    cases: {
      recordCase: async (record) => void kept.records.push(record),
      close: async () => undefined,
    },
    objects: {
      putObject: async ({ sha256 }) => void kept.objects.add(sha256),
      getObject: async () => undefined,
    },
    clock: systemClock,
    newCaseId,
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
