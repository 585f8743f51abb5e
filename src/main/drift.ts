import type { DriftFeed, DriftReport, DriftStore, DriftView, Labels, ObjectStore } from "../contracts/index.ts";
import { defaultRules, type Watched } from "../drift/index.ts";
import { type Config, type Log, type Metrics, systemClock } from "../platform/index.ts";
import type { ScreeningDeps } from "../screening/index.ts";
import type { DriftGateDeps } from "./drift-gate.ts";
import { DriftLoop, type SavedLoop } from "./drift-loop.ts";
import { watchedOf } from "./drift-reference.ts";
import { DriftReleases } from "./drift-releases.ts";
import { DriftWatch, type DriftWatchDeps } from "./drift-watch.ts";
import { type DriftWorkDeps, driftWork } from "./drift-work.ts";
import type { Duty } from "./leadership.ts";
import type { LiveCatalog } from "./live-catalog.ts";
import { installedProgrammes } from "./load-packs.ts";

/** Where the drift loop keeps what it knows, and what it is fed from. */
export interface DriftPorts {
  readonly feed: DriftFeed;
  readonly store: DriftStore;
  readonly labels: Labels;
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
  readonly screening: Pick<ScreeningDeps, "predictor" | "metrics" | "clock" | "newCaseId">;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** The drift loop of a server. */
export interface Drift {
  /** For the one that leads. */
  readonly duty: Duty;
  /** Follows on every server what the leader ordered. */
  readonly watch: DriftWatch;
  readonly view: DriftView;
}

export function createDrift(deps: DriftDeps): Drift {
  const { config, catalog, store, feed, labels, metrics } = deps;
  const log = deps.log.child({ room: "drift" });
  const releases = new DriftReleases(config);
  const loop = new DriftLoop({
    feed,
    store,
    labels,
    work: driftWork({ ...deps, log, releases, predictor: deps.engine }),
    watched: watchedReleases(config, catalog, log),
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
    watch: new DriftWatch({ store, catalog, releases: deps.releases, engine: deps.engine, candidateOf, log }),
    view: driftView(store, catalog),
  };
}

/** References are made once a release: they are read from the pack. */
function watchedReleases(config: Config, catalog: LiveCatalog, log: Log): () => Promise<readonly Watched[]> {
  const known = new Map<string, { readonly band: string; readonly watched: Watched | undefined }>();
  return async () => {
    const found: Watched[] = [];
    for (const programme of installedProgrammes(catalog.released)) {
      const { id } = programme.manifest;
      const band = [programme.fast.digest, programme.fine.digest, programme.band.digest].join("+");
      if (known.get(id)?.band !== band) {
        const watched = await watchedOf(config, programme);
        if (watched === undefined) log.warn({ programme: id }, "its pack has nothing to compare live cases with");
        known.set(id, { band, watched });
      }
      const { watched } = known.get(id) ?? {};
      if (watched !== undefined) found.push(watched);
    }
    return found;
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
