import { BusInputs, PackHolder, type Provider, ServedNode } from "../cluster/index.ts";
import {
  type Config,
  ConfigError,
  createLog,
  createNodeMetrics,
  type Log,
  systemClock,
  version,
} from "../platform/index.ts";
import { createBus, nodeNameOf } from "./cluster.ts";
import { createLocal } from "./cluster-engine.ts";
import { packsForLater, packsToLoad } from "./load-packs.ts";
import { NodeEngine } from "./node-engine.ts";
import { answerScrapes } from "./node-metrics.ts";
import { NodePacks } from "./node-packs.ts";
import { startEngine } from "./provider.ts";
import { readActive } from "./releases.ts";
import { openTracer } from "./tracer.ts";

/** A node that other servers can send images to. */
export interface RunningNode {
  readonly name: string;
  readonly log: Log;
  /** Not ready first, then what is open is finished, then the end. */
  shutDown(): Promise<void>;
}

/**
 * Builds a node: the engine of a server without its HTTP and its records. It starts with the packs of its own MODELS_DIR
 * and DATA_DIR, if there are any, and holds what servers name by digest as soon as one speaks. Nobody sends it an image
 * before its first packs are warm.
 *
 * @throws {ConfigError} without NATS_URL or with WORKERS=0
 * @throws when a programme.json is wrong or its own packs cannot be loaded
 */
export async function startNode(config: Config): Promise<RunningNode> {
  const { NATS_URL: url } = config;
  if (url === undefined) throw new ConfigError([{ key: "NATS_URL", message: "a node is reached over NATS" }]);
  if (config.WORKERS === 0) throw new ConfigError([{ key: "WORKERS", message: "a node needs 1 or more" }]);
  const log = createLog(config.LOG_LEVEL, "node");
  const name = nodeNameOf(config);
  const bus = await createBus(config, url, `node ${name}`, log);
  const inputs = new BusInputs(bus);
  const metrics = createNodeMetrics();
  const tracer = await openTracer(config, { service: "fovea-node", instance: name, spans: metrics.traceSpans, log });
  const engine = new NodeEngine(config.WORKERS, (packs, later) => {
    const create = (provider: Provider) => createLocal(config, { packs, later }, log, { provider, inputs, tracer });
    return startEngine(config.NODE_PROVIDER, create, log);
  });
  const scrapes = await answerScrapes(config, engine, metrics);
  const catalog = await readActive(config);
  const own = packsToLoad(catalog);
  if (own.length > 0) await engine.serve(own, packsForLater(catalog, config.PRELOAD));
  const packs = new NodePacks(config, bus.packs);
  const holder = new PackHolder({
    own,
    find: (asked, again) => packs.find(asked, again),
    serve: async (held, later) => {
      await packs.use(held);
      await engine.serve(held, later);
    },
    clock: systemClock,
    log: log.child({ room: "packs" }),
  });
  const node = new ServedNode({
    name,
    bus,
    images: bus.images,
    predictor: engine,
    later: () => engine.later(),
    warm: (digests) => engine.warm(digests),
    holder,
    provider: () => engine.provider(),
    slots: config.WORKERS,
    credit: { items: config.NODE_CREDIT, bytes: config.NODE_CREDIT_BYTES },
    imageBytesMax: config.IMAGE_BYTES_MAX,
    clock: systemClock,
    log: log.child({ room: "cluster" }),
    tracer,
  });
  node.start();
  bus.start();
  if (own.length > 0) log.info({ node: name, provider: engine.provider(), version }, "models are warm");
  else log.info({ node: name, version }, "waiting for a server to name packs");

  let ending: Promise<void> | undefined;
  const shutDown = async (): Promise<void> => {
    log.info("draining");
    await node.drain(config.DRAIN_MS);
    await Promise.all([holder.stop(), engine.drain(config.DRAIN_MS), bus.close(), scrapes?.close()]);
    await tracer?.close();
    log.info("stopped");
  };
  return {
    name,
    log,
    shutDown: () => {
      ending ??= shutDown();
      return ending;
    },
  };
}
