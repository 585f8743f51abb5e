// R9: the network is slow, breaks connections, is narrow, loses everything in one direction, or is cut to one node.
//
//   node test/faults/r9.mjs --seconds 30 [--json]
//
// Each process has its own wire to NATS and, if it is a gateway, to PostgreSQL.

import { setTimeout as delay } from "node:timers/promises";
import { nodeStates, startCluster, until } from "./cluster.mjs";
import { conclude, startLoad, startPosts, tenths } from "./load.mjs";
import { openProxy } from "./proxies.mjs";
import { runFault } from "./run.mjs";

const patienceMs = 120_000;
const heartbeatMs = 1000;
/** What asking costs, beside the three heartbeats after which a silence counts. */
const lookMs = 1000;

await runFault(
  "R9",
  { seconds: 30, gateways: 2, nodes: 3, workers: 1 },
  async ({ numbers, servers, history, clientOf, atEnd, random, expect, figures }) => {
    const wireTo = async (address) => {
      const proxy = await openProxy(servers.toxiproxyUrl, new URL(address).host);
      atEnd(() => proxy.close());
      const url = new URL(address);
      url.host = `127.0.0.1:${proxy.port}`;
      return { ...proxy, url: url.href.replace(/\/$/, "") };
    };
    const wires = async (many, address) => Promise.all(Array.from({ length: many }, () => wireTo(address)));
    const gatewayNats = await wires(numbers.gateways, servers.natsUrl);
    const nodeNats = await wires(numbers.nodes, servers.natsUrl);
    const databases = await wires(numbers.gateways, servers.databaseUrl);
    const cluster = await startCluster(servers, {
      ...numbers,
      gatewayEnv: (i) => ({ NATS_URL: gatewayNats[i].url, DATABASE_URL: databases[i].url }),
      nodeEnv: (i) => ({ NATS_URL: nodeNats[i].url }),
    });
    atEnd(() => cluster.stop());
    const client = clientOf(cluster.urls);
    const load = startLoad(client);
    await load.progress(patienceMs, "at first");
    const posts = startPosts(client, cluster.urls);

    const all = [...gatewayNats, ...nodeNats, ...databases];
    const lone = nodeNats[0];
    const phases = {
      latency: () => Promise.all(all.map((wire) => wire.harm("latency", { latency: 200, jitter: 100 }))),
      resets: () => resetSome(all, random, numbers.seconds * 1000),
      narrow: () => Promise.all([...gatewayNats, ...nodeNats].map((wire) => wire.harm("bandwidth", { rate: 50 }))),
      oneWay: () => lone.harm("timeout", { timeout: 0 }, { stream: "upstream" }),
      cutOff: () => lone.cut(),
    };
    figures.phases = {};
    for (const [name, harm] of Object.entries(phases)) {
      const settledBefore = client.settled;
      const started = performance.now();
      const harmed = await harm();
      const phase = {};
      if (name === "oneWay" || name === "cutOff") {
        const state = async () => (await nodeStates(cluster.urls[0])).get("node-0");
        await until(async () => (await state()) !== "ready", patienceMs, `${name} to be noticed`);
        phase.noticedSeconds = tenths(performance.now() - started);
      }
      await delay(Math.max(0, numbers.seconds * 1000 - (performance.now() - started)));
      await Promise.all(all.map((wire) => wire.mend()));
      if (name === "resets") phase.resets = harmed;
      await cluster.ready();
      await load.progress(patienceMs, `after ${name}`);
      figures.phases[name] = { ...phase, settled: client.settled - settledBefore };
    }
    await posts.end();
    figures.items = await load.end();
    figures.singles = posts.answered;
    await conclude({ client, cluster, servers, history, expect, figures });

    expect(figures.phases.resets.resets > 0, "no connection was reset");
    for (const name of ["oneWay", "cutOff"])
      expect(
        figures.phases[name].noticedSeconds * 1000 <= 3 * heartbeatMs + lookMs,
        `${name} was noticed after ${figures.phases[name].noticedSeconds} s`,
      );
    expect(figures.history.done === figures.items, `${figures.history.done} of ${figures.items} items have a case`);
  },
);

/** One wire in twenty is reset every tenth of a second, and mended at once. @returns how many were */
async function resetSome(wires, random, forMs) {
  let resets = 0;
  for (const end = performance.now() + forMs; performance.now() < end; await delay(100))
    for (const wire of wires)
      if (random() < 0.05) {
        await wire.harm("reset_peer", { timeout: 0 });
        await delay(20);
        await wire.mend();
        resets++;
      }
  return resets;
}
