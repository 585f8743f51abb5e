import { LinkSigner, RateLimiter, ratePolicies } from "../access/index.ts";
import { BusNews } from "../cluster/index.ts";
import type { ProgrammeCatalog } from "../contracts/index.ts";
import { listen } from "../gateway/index.ts";
import { AlertFeed, announceNotifications, announcePersons, type WatchFolder } from "../persons/index.ts";
import { type Config, createLog, createMetrics, type Log, newCaseId, systemClock, version } from "../platform/index.ts";
import { AuditWatch } from "./audit-watch.ts";
import { batchWork } from "./batch-work.ts";
import { createEngine, type Engine } from "./cluster-engine.ts";
import { createDrift, type Drift, type DriftDeps, type DriftPorts } from "./drift.ts";
import { createFleet } from "./fleet.ts";
import { labelRules } from "./label-rules.ts";
import { LiveCatalog } from "./live-catalog.ts";
import { installedProgrammes } from "./load-packs.ts";
import { QueueControl } from "./queue-control.ts";
import { linkSecret, openRecords, type Records } from "./records.ts";
import { ReleaseWatch, readActive } from "./releases.ts";
import { openResults } from "./results.ts";
import { secondLookWork } from "./second-looks.ts";
import { openTracer } from "./tracer.ts";
import { TrainingJobs } from "./training-jobs.ts";
import { loadAtStart, visionLanguageReader } from "./vision-language.ts";
import { WarmUp } from "./warm-up.ts";
import { watchedFolder } from "./watched-folder.ts";

/** A server that accepts connections; it is ready once its models are warm. */
export interface RunningGateway {
  readonly port: number;
  readonly log: Log;
  /** Resolves when the models are warm and the database is open; rejects when the models cannot be loaded. */
  readonly warm: Promise<void>;
  /** Not ready first, then no new work, then everything accepted is finished, then the end. */
  shutDown(): Promise<void>;
}

/**
 * Builds the gateway process and its engine. It listens before the models are loaded, so that an orchestrator can
 * tell "starting" (livez 200, readyz 503) from "dead".
 *
 * @param open where cases are kept; another one only where the cost of keeping them is measured
 * @throws when the port is taken, DATA_DIR cannot be written or is used by another process, or a programme.json is wrong
 */
export async function startGateway(config: Config, open = openRecords): Promise<RunningGateway> {
  const log = createLog(config.LOG_LEVEL, "gateway");
  const parts = await compose(config, log, open);
  const { records, predictor, watchFolder } = parts;
  const gateway = await listen(parts.deps).catch(async (error: unknown) => {
    await records.close();
    throw error;
  });
  const profilePorts = gateway.profilePorts.map(([port, profile]) => `${port}=${profile}`);
  log.info({ host: config.HOST, port: gateway.port, profilePorts, version }, "listening");
  const models = predictor.start().then(() => log.info({ startMs: Math.round(performance.now()) }, "models are warm"));
  await parts.releases.start();
  models.catch((error: unknown) => log.error({ err: error }, "models cannot be loaded"));
  const warm = Promise.all([models, records.opened]).then(() => undefined);
  watchOnceWarm(warm, watchFolder, log);
  for (const each of parts.background) each.start();
  void loadAtStart(parts.vlm, config, log);

  let ending: Promise<void> | undefined;
  const shutDown = async (): Promise<void> => {
    parts.life.draining = true;
    log.info({ delayMs: config.DRAIN_DELAY_MS }, "draining");
    await delay(config.DRAIN_DELAY_MS);
    await Promise.all([parts.releases, watchFolder, ...parts.background].map((each) => each?.stop()));
    await Promise.all([gateway.close(config.DRAIN_MS), parts.trainings.close(config.DRAIN_MS)]);
    parts.results.close();
    await parts.vlm?.unload({ force: true });
    await predictor.drain(config.DRAIN_MS);
    await records.close();
    await parts.tracer?.close();
    log.info("stopped");
  };
  return {
    port: gateway.port,
    log,
    warm,
    shutDown: () => {
      ending ??= shutDown();
      return ending;
    },
  };
}

/** Everything that the process is made of, built and not yet started. */
async function compose(config: Config, log: Log, open: typeof openRecords) {
  const metrics = createMetrics();
  const programmes = new LiveCatalog(await readActive(config));
  describe(programmes, log, metrics);
  const tracer = await openTracer(config, { service: "fovea-gateway", spans: metrics.traceSpans, log });
  const predictor = await createEngine(config, programmes, metrics, log, tracer);
  const warmUp = new WarmUp(programmes, predictor);
  const records = await open(config, log);
  const results = openResults(config, records.cases, log);
  const trainings = await TrainingJobs.open(config, log);
  const vlm = visionLanguageReader(config, records.cases);
  const life = { draining: false };
  const { cases, persons, objects } = records;
  const news = predictor.bus && new BusNews(predictor.bus);
  const audit = new AuditWatch({ cases, metrics, clock: systemClock });
  const releases = new ReleaseWatch(config, programmes, predictor, log.child({ room: "releases" }));
  const stores = { cases, persons, notifications: persons, objects };
  const shared = { ...stores, log, metrics, programmes, predictor, vlm, clock: systemClock, newCaseId, tracer };
  const secret = await linkSecret(config);
  const queues = new QueueControl(config, { store: cases.queueOrders, log: log.child({ room: "queues" }) });
  const looking = { ...shared, width: () => queues.widthOf("second-looks") };
  const { secondLooks, looker } = secondLookWork(config, records, looking);
  const ports = records.drift?.(labelRules(programmes));
  const drift = driftOf(ports, {
    ...shared,
    config,
    releases,
    looker,
    auditWidth: () => queues.widthOf("audit-looks"),
    linkSecret: secret,
    catalog: programmes,
    engine: predictor,
  });
  const screened = { ...shared, audits: drift?.coin };
  const fleet = createFleet(config, records, log, [audit.duty, ...(drift ? [drift.duty] : [])]);
  const alertFeed = new AlertFeed({ alerts: persons, news, log });
  const wake = () => alertFeed.wake();
  const told = { persons: announcePersons(persons, wake), notifications: announceNotifications(persons, wake) };
  const watchFolder = watchedFolder(config, { ...screened, ...told });
  const ready = () => readiness(life.draining, predictor, records, programmes);
  const { batches, worker } = batchWork(config, records, {
    ...screened,
    ...{ ready, news, width: () => queues.widthOf("batches") },
  });
  const deps: Parameters<typeof listen>[0] = {
    ...screened,
    config,
    limiter: rateLimiter(config, records, secret),
    secondLooks,
    watchFolder,
    batches,
    queues,
    news,
    fleet,
    drift: drift?.view,
    labels: ports?.labels,
    audit: { last: () => audit.last(), verify: () => audit.verify() },
    alerts: persons,
    alertFeed,
    results,
    trainings,
    warmUp: (programme) => warmUp.of(programme),
    links: new LinkSigner(secret),
    nodes: predictor.nodes && (() => predictor.nodes?.() ?? []),
    ready,
    draining: () => life.draining,
  };
  const background = [queues, worker, looker, fleet, ...(drift?.background ?? [])];
  return { life, deps, records, predictor, results, trainings, vlm, releases, watchFolder, background, tracer };
}

/** Shared with other gateways where there may be any: those that have the same database, and LINK_SECRET. */
function rateLimiter(config: Config, { cases }: Records, secret: string): RateLimiter | undefined {
  const policies = ratePolicies(config);
  const pool = config.DATABASE_URL === undefined ? undefined : cases.leases;
  return policies && new RateLimiter({ policies, pool, secret, clock: systemClock });
}

/** Watches drift where that is wished and there is something to keep it in. */
function driftOf(
  ports: DriftPorts | undefined,
  shared: Omit<DriftDeps, keyof DriftPorts | "screening"> & DriftDeps["screening"],
): Drift | undefined {
  return ports && shared.config.DRIFT === "on" ? createDrift({ ...shared, ...ports, screening: shared }) : undefined;
}

function watchOnceWarm(warm: Promise<void>, folder: WatchFolder | undefined, log: Log): void {
  const watching = warm.then(() => folder?.start());
  watching.catch((error: unknown) => log.error({ err: error }, "the folder is not watched"));
}

function readiness(
  draining: boolean,
  predictor: Engine,
  records: Records,
  programmes: ProgrammeCatalog,
): { ready: boolean; reason?: string } {
  if (draining) return { ready: false, reason: "the server is shutting down" };
  if (installedProgrammes(programmes).length === 0)
    return { ready: false, reason: "no programme has its packs installed" };
  if (!predictor.ready()) return { ready: false, reason: "the models are not warm" };
  const failure = records.failure();
  return failure === undefined ? { ready: true } : { ready: false, reason: failure };
}

function describe(catalog: ProgrammeCatalog, log: Log, metrics: ReturnType<typeof createMetrics>): void {
  metrics.buildInfo.set({ version }, 1);
  for (const programme of catalog.programmes.values()) {
    const { id } = programme.manifest;
    if ("missing" in programme) {
      log.warn({ programme: id, reason: programme.missing }, "programme cannot answer");
      continue;
    }
    for (const { id: pack, digest, load } of [programme.fast, programme.fine])
      metrics.modelInfo.set({ pack, digest: digest.slice(0, 12), reader: load.kind }, 1);
    const { certified, reason } = programme.band.certificate;
    if (!certified) log.warn({ programme: id, reason }, "the band is not certified: more cases go to people");
  }
}

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
