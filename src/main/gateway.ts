import { LinkSigner } from "../access/index.ts";
import type { ProgrammeCatalog } from "../contracts/index.ts";
import { listen } from "../gateway/index.ts";
import type { WatchFolder } from "../persons/index.ts";
import { type Config, createLog, createMetrics, type Log, newCaseId, systemClock, version } from "../platform/index.ts";
import { batchWork } from "./batch-work.ts";
import { createEngine, type Engine } from "./cluster-engine.ts";
import { LiveCatalog } from "./live-catalog.ts";
import { installedProgrammes } from "./load-packs.ts";
import { linkSecret, openRecords, type Records } from "./records.ts";
import { ReleaseWatch, readActive } from "./releases.ts";
import { openResults } from "./results.ts";
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
  const metrics = createMetrics();
  const programmes = new LiveCatalog(await readActive(config));
  describe(programmes, log, metrics);
  const predictor = await createEngine(config, programmes, metrics, log);
  const warmUp = new WarmUp(programmes, predictor);
  const records = await open(config, log);
  const results = openResults(config, log);
  const trainings = await TrainingJobs.open(config, log);
  const vlm = visionLanguageReader(config, records.cases);
  let draining = false;
  const { cases, persons, objects } = records;
  const stores = { cases, persons, notifications: persons, objects };
  const shared = { ...stores, log, metrics, programmes, predictor, vlm, clock: systemClock, newCaseId };
  const watchFolder = watchedFolder(config, shared);
  const ready = () => readiness(draining, predictor, records, programmes);
  const { batches, worker } = batchWork(config, records, { ...shared, ready });
  const gateway = await listen({
    ...shared,
    config,
    watchFolder,
    batches,
    alerts: persons,
    results,
    trainings,
    warmUp: (programme) => warmUp.of(programme),
    links: new LinkSigner(await linkSecret(config)),
    nodes: predictor.nodes && (() => predictor.nodes?.() ?? []),
    ready,
    draining: () => draining,
  }).catch(async (error: unknown) => {
    await records.close();
    throw error;
  });
  const profilePorts = gateway.profilePorts.map(([port, profile]) => `${port}=${profile}`);
  log.info({ host: config.HOST, port: gateway.port, profilePorts, version }, "listening");
  const models = predictor.start().then(() => log.info({ startMs: Math.round(performance.now()) }, "models are warm"));
  const releases = new ReleaseWatch(config, programmes, predictor, log.child({ room: "releases" }));
  await releases.start();
  models.catch((error: unknown) => log.error({ err: error }, "models cannot be loaded"));
  const warm = Promise.all([models, records.opened]).then(() => undefined);
  watchOnceWarm(warm, watchFolder, log);
  worker.start();
  void loadAtStart(vlm, config, log);

  let ending: Promise<void> | undefined;
  const shutDown = async (): Promise<void> => {
    draining = true;
    log.info({ delayMs: config.DRAIN_DELAY_MS }, "draining");
    await delay(config.DRAIN_DELAY_MS);
    await Promise.all([releases.stop(), watchFolder?.stop(), worker.stop()]);
    await Promise.all([gateway.close(config.DRAIN_MS), trainings.close(config.DRAIN_MS)]);
    results.close();
    await vlm?.unload({ force: true });
    await predictor.drain(config.DRAIN_MS);
    await records.close();
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
