import type {
  AuditLookStore,
  DriftFeed,
  DriftReport,
  DriftStore,
  DriftView,
  Labels,
  ObjectStore,
} from "../contracts/index.ts";
import { defaultRules } from "../drift/index.ts";
import { type Config, type Log, type Metrics, systemClock } from "../platform/index.ts";
import { type AuditCoin, AuditLooks, type ScreeningDeps, type SecondLooks } from "../screening/index.ts";
import { createAuditCoin } from "./audit-coin.ts";
import type { DriftGateDeps } from "./drift-gate.ts";
import { DriftLoop, type SavedLoop } from "./drift-loop.ts";
import { DriftReleases } from "./drift-releases.ts";
import { DriftWatch, type DriftWatchDeps } from "./drift-watch.ts";
import { type DriftWorkDeps, driftWork } from "./drift-work.ts";
import type { Duty } from "./leadership.ts";
import type { LiveCatalog } from "./live-catalog.ts";
import { WatchedReleases } from "./watched-releases.ts";

/** Where the drift loop keeps what it knows, and what it is fed from. */
export interface DriftPorts {
  readonly feed: DriftFeed;
  readonly store: DriftStore;
  readonly labels: Labels;
  readonly looks: AuditLookStore;
}

/** Incidents that are counted for the metrics. */
const countedMax = 200;

export interface DriftDeps extends DriftPorts {
  readonly config: Config;
  readonly catalog: LiveCatalog;
  readonly engine: DriftWatchDeps["engine"] & DriftGateDeps["predictor"];
  readonly releases: DriftWatchDeps["releases"];
  readonly cases: DriftWorkDeps["cases"];
  readonly objects: Pick<ObjectStore, "getObject">;
  readonly looker: Pick<SecondLooks, "isIdle">;
  /** Audit looks at once. */
  readonly auditWidth: () => number;
  /** Of signed links. */
  readonly linkSecret: string;
  readonly screening: Pick<ScreeningDeps, "predictor" | "metrics" | "clock" | "newCaseId">;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** The drift loop of a server. */
export interface Drift {
  /** For the one that leads. */
  readonly duty: Duty;
  /** On every server: follows what the leader ordered, and does the looks that chance asked for. */
  readonly background: readonly [DriftWatch, AuditLooks];
  /** For every case. */
  readonly coin: AuditCoin;
  readonly view: DriftView;
}

export function createDrift(deps: DriftDeps): Drift {
  const { config, catalog, store, feed, labels, metrics } = deps;
  const log = deps.log.child({ room: "drift" });
  const releases = new DriftReleases(config);
  const watched = new WatchedReleases(config, catalog, log);
  const loop = new DriftLoop({
    feed,
    store,
    labels,
    work: driftWork({ ...deps, log, releases, predictor: deps.engine }),
    watched: () => watched.all(),
    rules: defaultRules,
    clock: systemClock,
    log,
    onReport: (report) => {
      show(metrics, report);
      store
        .incidents(undefined, countedMax)
        .then((found) => {
          metrics.incidents.reset();
          for (const { state } of found) metrics.incidents.inc({ state });
        })
        // The next step counts again.
        .catch(() => undefined);
    },
  });
  const candidateOf: DriftWatchDeps["candidateOf"] = (programme, digest) => releases.candidateOf(programme, digest);
  return {
    duty: async (term) => {
      await loop.duty(term);
      // Who leads next has them.
      forgetFigures(metrics);
    },
    background: [
      new DriftWatch({ store, catalog, releases: deps.releases, engine: deps.engine, candidateOf, log }),
      new AuditLooks({
        ...deps.screening,
        store: deps.looks,
        programmes: catalog,
        objects: deps.objects,
        width: deps.auditWidth,
        isIdle: () => deps.looker.isIdle(),
        log,
      }),
    ],
    coin: createAuditCoin({ linkSecret: deps.linkSecret, watched, catalog }),
    view: driftView(store, catalog),
  };
}

export function driftView(store: DriftStore, catalog: Pick<LiveCatalog, "programmes">): DriftView {
  return {
    reports: async () => {
      const reports: DriftReport[] = [];
      for (const programme of catalog.programmes.keys()) {
        const saved = (await store.loadDrift(programme))?.state as SavedLoop | undefined;
        if (saved !== undefined) reports.push(saved.report);
      }
      return reports;
    },
    incidents: (programme, limit) => store.incidents(programme, limit),
    incident: (id) => store.incident(id),
  };
}

function forgetFigures(metrics: Metrics): void {
  const { driftCases, driftThreshold, driftGroupEvidence, driftEvidence, incidents, canaryPercent, bandStep } = metrics;
  const { auditedRisk, auditedRiskLow, auditedRiskHigh, auditedLabels } = metrics;
  for (const gauge of [driftCases, driftThreshold, driftGroupEvidence, driftEvidence, incidents]) gauge.reset();
  for (const gauge of [canaryPercent, bandStep, auditedRisk, auditedRiskLow, auditedRiskHigh, auditedLabels])
    gauge.reset();
}

function show(metrics: Metrics, { programme, cases, groups, risk, band, candidate }: DriftReport): void {
  const of = { programme };
  metrics.driftCases.set(of, cases);
  for (const { kind: group, threshold, evidence, streams } of groups) {
    metrics.driftThreshold.set({ programme, group }, threshold);
    metrics.driftGroupEvidence.set({ programme, group }, evidence);
    for (const { stream, evidence: value } of streams) metrics.driftEvidence.set({ programme, stream }, value);
  }
  if (risk.value !== undefined) metrics.auditedRisk.set(of, risk.value);
  metrics.auditedRiskLow.set(of, risk.interval[0]);
  metrics.auditedRiskHigh.set(of, risk.interval[1]);
  metrics.auditedLabels.set(of, risk.labels);
  metrics.canaryPercent.set(of, candidate?.percent ?? 0);
  // What is not in force has no step, and 0 would be the safest one.
  if (band === undefined) metrics.bandStep.remove(of);
  else metrics.bandStep.set(of, band.step);
}
