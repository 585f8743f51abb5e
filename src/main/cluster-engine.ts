import { BusInputs, Dispatcher, type NatsBus } from "../cluster/index.ts";
import {
  type InputNews,
  type NodeView,
  type Predictor,
  type PredictorStatus,
  type PredictResult,
  type PredictTask,
  Problem,
  type ProgrammeCatalog,
  type ReaderPack,
  type Tracer,
} from "../contracts/index.ts";
import { type Config, type Log, type Metrics, systemClock } from "../platform/index.ts";
import { LocalPredictor, TracedPredictor } from "../workers/index.ts";
import { createBus } from "./cluster.ts";
import { packsForLater, packsToLoad } from "./load-packs.ts";
import { NodeModels } from "./node-models.ts";

/** What the gateway needs of whatever reads its images. */
export interface Engine extends Predictor {
  ready(): boolean;
  start(): Promise<void>;
  hold(packs: readonly ReaderPack[]): Promise<void>;
  warm(digests: readonly string[]): Promise<void>;
  drain(timeoutMs: number): Promise<void>;
  /** Only with a cluster, both. */
  nodes?(): readonly NodeView[];
  readonly bus?: NatsBus;
}

/** How often it is looked whether there is a node by now. */
const lookMs = 200;

/** What an engine starts with. */
export interface FirstPacks {
  readonly packs: readonly ReaderPack[];
  /** Digests of those that wait for their first task. */
  readonly later: readonly string[];
}

/** The local engine, and with NATS_URL every node that joins. */
export async function createEngine(
  config: Config,
  programmes: ProgrammeCatalog,
  metrics: Metrics,
  log: Log,
  tracer?: Tracer,
): Promise<Engine> {
  const first = { packs: packsToLoad(programmes), later: packsForLater(programmes, config.PRELOAD) };
  const url = config.NATS_URL;
  const bus = url === undefined ? undefined : await createBus(config, url, "gateway", log);
  const inputs = bus && new BusInputs(bus);
  const local = config.WORKERS === 0 ? undefined : createLocal(config, first, log, { inputs, tracer });
  const told = { metrics, log: log.child({ room: "cluster" }), tracer };
  if (bus !== undefined) return new ClusterEngine(bus, local, first, config, told);
  if (local === undefined) throw new Error("WORKERS=0 without NATS_URL");
  return local;
}

interface LocalOptions {
  readonly provider?: "cpu" | "cuda";
  readonly inputs?: InputNews | undefined;
  readonly tracer?: Tracer | undefined;
}

export const createLocal = (
  config: Config,
  { packs, later }: FirstPacks,
  log: Log,
  { tracer, ...options }: LocalOptions = {},
): LocalPredictor => {
  const settings = {
    ...options,
    packs,
    later,
    workers: config.WORKERS,
    wideBytesMax: config.WIDE_BYTES_MAX,
    queueItemsMax: config.QUEUE_ITEMS_MAX,
    queueBytesMax: config.QUEUE_BYTES_MAX,
    queueSecondsMax: config.QUEUE_SECONDS_MAX,
    log: log.child({ room: "workers" }),
  };
  return tracer === undefined ? new LocalPredictor(settings) : new TracedPredictor(settings, tracer);
};

/** Local engine, if any, and nodes: one life. */
class ClusterEngine implements Engine {
  readonly bus: NatsBus;
  readonly #local: LocalPredictor | undefined;
  readonly #dispatcher: Dispatcher;
  readonly #models: NodeModels;
  readonly #first: FirstPacks;
  readonly #log: Log;
  #draining = false;

  constructor(
    bus: NatsBus,
    local: LocalPredictor | undefined,
    first: FirstPacks,
    config: Config,
    { metrics, log, tracer }: { readonly metrics: Metrics; readonly log: Log; readonly tracer: Tracer | undefined },
  ) {
    this.bus = bus;
    this.#local = local;
    this.#first = first;
    this.#log = log;
    this.#dispatcher = new Dispatcher({
      bus,
      images: bus.images,
      local: local && {
        predictor: local,
        ready: () => local.ready(),
        slots: config.WORKERS,
        creditItems: config.QUEUE_ITEMS_MAX,
      },
      clock: systemClock,
      log,
      onRetry: (cause) => metrics.nodeRetries.inc({ cause }),
      onHedge: (won) => metrics.nodeHedges.inc({ result: won ? "won" : "lost" }),
      tracer,
    });
    const { later } = first;
    this.#models = new NodeModels({ bus, dispatcher: this.#dispatcher, localSlots: config.WORKERS, later, log });
  }

  async start(): Promise<void> {
    this.#dispatcher.start();
    this.bus.start();
    // Nodes that have the packs themselves read without this.
    await this.#models
      .start(this.#first.packs)
      .catch((error: unknown) => this.#log.error({ err: error }, "nodes cannot be told of the packs"));
    if (this.#local !== undefined) return this.#local.start();
    // Nodes may come at any time.
    while (!this.#dispatcher.ready() && !this.#draining) await look();
  }

  predict(task: PredictTask, signal: AbortSignal): Promise<PredictResult> {
    if (this.#draining) return Promise.reject(new Problem("draining", { retryAfterS: 1 }));
    return this.#dispatcher.predict(task, signal);
  }

  status(): Promise<PredictorStatus> {
    return this.#dispatcher.status();
  }

  ready(): boolean {
    return !this.#draining && this.#dispatcher.ready();
  }

  nodes(): readonly NodeView[] {
    return this.#models.shown(this.#local?.held());
  }

  async hold(packs: readonly ReaderPack[]): Promise<void> {
    // This server first, then the nodes: what is not ready never is all of it.
    await this.#local?.hold(packs);
    await this.#models.hold(packs);
  }

  async warm(digests: readonly string[]): Promise<void> {
    await Promise.all([this.#models.warm(digests), this.#local?.warm(digests)]);
  }

  async drain(timeoutMs: number): Promise<void> {
    this.#draining = true;
    // Who waits is answered by whoever reads for them; the gateway has waited for its callers already.
    await this.#local?.drain(timeoutMs);
    this.#models.close();
    this.#dispatcher.close();
    await this.bus.close();
  }
}

const look = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, lookMs));
