import { describe } from "vitest";
import { LocalPredictor } from "../../dist/workers/index.js";
import type { Bus, ImageExchange } from "../../src/cluster/bus.ts";
import { RemotePredictor } from "../../src/cluster/remote-predictor.ts";
import { natsBus, natsUrl, serveNode } from "../support/cluster.ts";
import { MemoryHub } from "../support/memory-bus.ts";
import { cataract, engineOptions, packsOf } from "../support/predictor-tasks.ts";
import { until } from "../support/server.ts";
import { describePredictor } from "./predictor.ts";

type AnyBus = Bus & { readonly images: ImageExchange; close?(): Promise<void> };

async function open(connect: () => Promise<AnyBus>) {
  const programme = await cataract();
  const engine = new LocalPredictor(engineOptions(packsOf(programme)));
  await engine.start();
  const [there, here] = await Promise.all([connect(), connect()]);
  const name = `node-${process.pid}`;
  const node = serveNode(name, there, engine);
  const predictor = new RemotePredictor(name, here, here.images);
  await until(async () => (await predictor.status()).state === "ready", 10_000, "the node");
  const close = async () => {
    predictor.close();
    await node.drain(10_000);
    await engine.drain(10_000);
    await Promise.all([there.close?.(), here.close?.()]);
  };
  return { predictor, programme, close };
}

describePredictor("a node over a bus in memory", () => {
  const hub = new MemoryHub();
  return open(async () => hub.connect());
});

describe.skipIf(natsUrl === undefined)("with NATS", () => {
  describePredictor("a node over NATS", () => open(() => natsBus(natsUrl as string)));
});
