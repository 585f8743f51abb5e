import type { Bus, ImageExchange } from "../../src/cluster/bus.ts";
import { NatsBus, ServedNode, type ServedNodeOptions } from "../../src/cluster/index.ts";
import type { Predictor } from "../../src/contracts/index.ts";
import { createLog, systemClock } from "../../src/platform/index.ts";
import { until } from "./server.ts";

export const silent = createLog("silent", "test");

/** The server that the environment names for tests; undefined where there is none. */
export const natsUrl = process.env["TEST_NATS_URL"] || undefined;

export async function natsBus(url: string): Promise<NatsBus> {
  const bus = new NatsBus({ url, name: "test" }, silent);
  bus.start();
  await until(() => bus.connected(), 10_000, "NATS");
  return bus;
}

/** A node around any predictor, on any bus. */
export function serveNode(
  name: string,
  bus: Bus & { readonly images: ImageExchange },
  predictor: Predictor,
  change: Partial<ServedNodeOptions> = {},
): ServedNode {
  const node = new ServedNode({
    name,
    bus,
    images: bus.images,
    predictor,
    later: () => [],
    warm: async () => undefined,
    provider: () => "cpu",
    slots: 2,
    credit: { items: 64, bytes: 2 ** 25 },
    imageBytesMax: 2 ** 25,
    clock: systemClock,
    log: silent,
    ...change,
  });
  node.start();
  return node;
}
