import { type Provider, ServedNode } from "../cluster/index.ts";
import { type Config, ConfigError, createLog, type Log, systemClock, version } from "../platform/index.ts";
import type { LocalPredictor } from "../workers/index.ts";
import { createBus, nodeNameOf } from "./cluster.ts";
import { createLocal } from "./cluster-engine.ts";
import { LiveCatalog } from "./live-catalog.ts";
import { packsForLater } from "./load-packs.ts";
import { type Started, startEngine } from "./provider.ts";
import { ReleaseWatch, readActive } from "./releases.ts";

/** A node that other servers can send images to. */
export interface RunningNode {
  readonly name: string;
  readonly log: Log;
  /** Not ready first, then what is open is finished, then the end. */
  shutDown(): Promise<void>;
}

/**
 * Builds a node: the engine of a server without its HTTP and its records. It serves the packs of its own MODELS_DIR and
 * DATA_DIR, and says by their digests which. Nobody hears of it before its models are warm.
 *
 * @throws {ConfigError} without NATS_URL or with WORKERS=0
 * @throws when a programme.json is wrong or the models cannot be loaded
 */
export async function startNode(config: Config): Promise<RunningNode> {
  const { NATS_URL: url } = config;
  if (url === undefined) throw new ConfigError([{ key: "NATS_URL", message: "a node is reached over NATS" }]);
  if (config.WORKERS === 0) throw new ConfigError([{ key: "WORKERS", message: "a node needs 1 or more" }]);
  const log = createLog(config.LOG_LEVEL, "node");
  const name = nodeNameOf(config);
  const bus = await createBus(config, url, `node ${name}`, log);
  const catalog = new LiveCatalog(await readActive(config));
  const { engine: predictor, provider }: Started<LocalPredictor> = await startEngine(
    config.NODE_PROVIDER,
    (wanted: Provider) => createLocal(config, catalog, log, wanted),
    log,
  );
  const node = new ServedNode({
    name,
    bus,
    images: bus.images,
    predictor,
    later: () => packsForLater(catalog, config.PRELOAD),
    warm: (packs) => predictor.warm(packs),
    provider,
    slots: config.WORKERS,
    credit: { items: config.NODE_CREDIT, bytes: config.NODE_CREDIT_BYTES },
    imageBytesMax: config.IMAGE_BYTES_MAX,
    clock: systemClock,
    log: log.child({ room: "cluster" }),
  });
  node.start();
  bus.start();
  log.info({ node: name, provider, version }, "models are warm");
  const releases = new ReleaseWatch(config, catalog, predictor, log.child({ room: "releases" }));
  await releases.start();

  let ending: Promise<void> | undefined;
  const shutDown = async (): Promise<void> => {
    log.info("draining");
    await releases.stop();
    await node.drain(config.DRAIN_MS);
    await Promise.all([predictor.drain(config.DRAIN_MS), bus.close()]);
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
