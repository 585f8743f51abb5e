import { describe } from "vitest";
import { LocalPredictor } from "../../dist/workers/index.js";
import type { Bus, ImageExchange } from "../../src/cluster/bus.ts";
import { Dispatcher } from "../../src/cluster/index.ts";
import { systemClock } from "../../src/platform/index.ts";
import { natsBus, natsUrl, serveNode, silent } from "../support/cluster.ts";
import { MemoryHub } from "../support/memory-bus.ts";
import { cataract, engineOptions, packsOf } from "../support/predictor-tasks.ts";
import { until } from "../support/server.ts";
import { describePredictor } from "./predictor.ts";

type AnyBus = Bus & { readonly images: ImageExchange; close?(): Promise<void> };

async function open(connect: () => Promise<AnyBus>, withLocal: boolean) {
  const programme = await cataract();
  const engines = [1, 2].map(() => new LocalPredictor(engineOptions(packsOf(programme), { workers: 1 })));
  await Promise.all(engines.map((engine) => engine.start()));
  const [first, second] = engines as [LocalPredictor, LocalPredictor];
  const buses = await Promise.all([connect(), connect(), connect()]);
  const names = ["a", "b"].map((name) => `${name}-${process.pid}-${withLocal}`);
  const nodes = [serveNode(names[0] as string, buses[0], first)];
  if (!withLocal) nodes.push(serveNode(names[1] as string, buses[1], second));
  const dispatcher = new Dispatcher({
    bus: buses[2],
    images: buses[2].images,
    clock: systemClock,
    log: silent,
    local: withLocal ? { predictor: second, ready: () => second.ready(), slots: 1, creditItems: 512 } : undefined,
  });
  dispatcher.start();
  await until(() => dispatcher.nodes().filter(({ state }) => state === "ready").length === 2, 10_000, "both");
  const close = async () => {
    dispatcher.close();
    await Promise.all(nodes.map((node) => node.drain(10_000)));
    await Promise.all(engines.map((engine) => engine.drain(10_000)));
    await Promise.all(buses.map((bus) => bus.close?.()));
  };
  return { predictor: dispatcher, programme, close };
}

const memory = () => {
  const hub = new MemoryHub();
  return async () => hub.connect();
};

describePredictor("the dispatcher over two nodes", () => open(memory(), false));
describePredictor("the dispatcher over the local engine and a node", () => open(memory(), true));
describe.skipIf(natsUrl === undefined)("with NATS", () => {
  describePredictor("the dispatcher over two nodes of NATS", () => open(() => natsBus(natsUrl as string), false));
});
