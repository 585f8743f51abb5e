import { Dispatcher, type NatsBus } from "../cluster/index.ts";
import {
  type NodeView,
  type Predictor,
  type PredictorStatus,
  type PredictResult,
  type PredictTask,
  Problem,
  type ProgrammeCatalog,
  type ReaderPack,
} from "../contracts/index.ts";
import { type Config, type Log, type Metrics, systemClock } from "../platform/index.ts";
import { LocalPredictor } from "../workers/index.ts";
import { createBus } from "./cluster.ts";
import { packsForLater, packsToLoad } from "./load-packs.ts";

/** What the gateway needs of whatever reads its images. */
export interface Engine extends Predictor {
  ready(): boolean;
  start(): Promise<void>;
  hold(packs: readonly ReaderPack[]): Promise<void>;
  warm(digests: readonly string[]): Promise<void>;
  drain(timeoutMs: number): Promise<void>;
  /** Only with a cluster. */
  nodes?(): readonly NodeView[];
}

/** How often it is looked whether nodes hold packs by now, and for how long they are waited for. */
const lookMs = 200;
const nodesHoldMsMax = 60_000;

/** The local engine, and with NATS_URL every node that joins. */
export async function createEngine(
  config: Config,
  programmes: ProgrammeCatalog,
  metrics: Metrics,
  log: Log,
): Promise<Engine> {
  const local = config.WORKERS === 0 ? undefined : createLocal(config, programmes, log);
  if (config.NATS_URL !== undefined) {
    const bus = await createBus(config, config.NATS_URL, "gateway", log);
    return new ClusterEngine(bus, local, config, metrics, log.child({ room: "cluster" }));
  }
  if (local === undefined) throw new Error("WORKERS=0 without NATS_URL");
  return local;
}

export const createLocal = (
  config: Config,
  programmes: ProgrammeCatalog,
  log: Log,
  provider: "cpu" | "cuda" = "cpu",
): LocalPredictor =>
  new LocalPredictor({
    provider,
    packs: packsToLoad(programmes),
    later: packsForLater(programmes, config.PRELOAD),
    workers: config.WORKERS,
    queueItemsMax: config.QUEUE_ITEMS_MAX,
    queueBytesMax: config.QUEUE_BYTES_MAX,
    queueSecondsMax: config.QUEUE_SECONDS_MAX,
    log: log.child({ room: "workers" }),
  });

/** Local engine, if any, and nodes: one life. */
class ClusterEngine implements Engine {
  readonly #bus: NatsBus;
  readonly #local: LocalPredictor | undefined;
  readonly #dispatcher: Dispatcher;
  #draining = false;

  constructor(bus: NatsBus, local: LocalPredictor | undefined, config: Config, metrics: Metrics, log: Log) {
    this.#bus = bus;
    this.#local = local;
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
    });
  }

  async start(): Promise<void> {
    this.#dispatcher.start();
    this.#bus.start();
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
    return this.#dispatcher.nodes();
  }

  async hold(packs: readonly ReaderPack[]): Promise<void> {
    if (this.#local !== undefined) return this.#local.hold(packs);
    // The first of them is served before all others are: nobody is asked for what it does not hold.
    const digests = packs.map(({ digest }) => digest);
    if (!(await this.#nodesHold(digests, true))) throw new Error("no node holds the packs");
  }

  async warm(digests: readonly string[]): Promise<void> {
    this.#dispatcher.warmNodes(digests);
    if (this.#local !== undefined) return this.#local.warm(digests);
    if (!(await this.#nodesHold(digests, false))) throw new Error("no node holds the packs");
  }

  async #nodesHold(digests: readonly string[], orLater: boolean): Promise<boolean> {
    const until = systemClock.now() + nodesHoldMsMax;
    const held = () => {
      const able = this.nodes().filter(({ state }) => state === "ready");
      const packs = new Set(able.flatMap(({ packs = [], later = [] }) => (orLater ? [...packs, ...later] : packs)));
      return digests.every((digest) => packs.has(digest));
    };
    while (!held()) {
      if (systemClock.now() >= until || this.#draining) return false;
      await look();
    }
    return true;
  }

  async drain(timeoutMs: number): Promise<void> {
    this.#draining = true;
    // Who waits is answered by whoever reads for them; the gateway has waited for its callers already.
    await this.#local?.drain(timeoutMs);
    this.#dispatcher.close();
    await this.#bus.close();
  }
}

const look = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, lookMs));
