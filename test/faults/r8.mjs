// R8: a node, and then a gateway, stands still for a while and wakes up believing in what it held.
//
//   node test/faults/r8.mjs --seconds 45 --gatewaySeconds 45 [--json]
//
// A gateway's leases run out after 30 s: one that is stopped for longer finds its items taken over.

import { setTimeout as delay } from "node:timers/promises";
import { nodeStates, startCluster, until } from "./cluster.mjs";
import { conclude, startLoad, tenths } from "./load.mjs";
import { runFault } from "./run.mjs";

const patienceMs = 60_000;
const rejoinMsMax = 5000;
const leaseSeconds = 30;
/** A gateway that is awake renews what it holds every 10 s: nothing of its own is ever nearer to its end than this. */
const unrenewedSeconds = 16;
const stopsMax = 5;

await runFault(
  "R8",
  { seconds: 45, gatewaySeconds: 45, gateways: 2, nodes: 3, workers: 1 },
  async ({ numbers, servers, history, clientOf, atEnd, expect, figures }) => {
    const cluster = await startCluster(servers, numbers);
    atEnd(() => cluster.stop());
    const [gateway, asleep] = cluster.gateways;
    const [node] = cluster.nodes;
    // The one that is asked stays awake.
    const client = clientOf([gateway.url]);
    const load = startLoad(client);
    await load.progress(patienceMs, "at first");
    const stateOf = async () => (await nodeStates(gateway.url)).get(node.name);

    await node.signal("SIGSTOP");
    const stoppedAt = performance.now();
    await until(async () => (await stateOf()) !== "ready", patienceMs, "the silence to be noticed");
    figures.noticedSeconds = tenths(performance.now() - stoppedAt);
    await until(async () => (await stateOf()) === "dead", patienceMs, "the node to be given up");
    await delay(Math.max(0, numbers.seconds * 1000 - (performance.now() - stoppedAt)));
    await load.progress(patienceMs, "without the node");
    await node.signal("SIGCONT");
    const wokenAt = performance.now();
    await until(async () => (await stateOf()) === "ready", patienceMs, "the node to be back");
    figures.rejoinSeconds = tenths(performance.now() - wokenAt);

    const held = async () =>
      (await servers.rows("select count(*)::int as many from batch_items where attempt > 1"))[0].many;
    const takenBefore = await held();
    if (numbers.gatewaySeconds > 0) {
      const asleepAt = await stopHolding(asleep, servers, () =>
        load.progress(patienceMs, "before the gateway is stopped"),
      );
      await delay(Math.max(0, numbers.gatewaySeconds * 1000 - (performance.now() - asleepAt)));
      await asleep.signal("SIGCONT");
      await load.progress(patienceMs, "after the gateway woke");
      figures.takenOver = (await held()) - takenBefore;
    }
    figures.items = await load.end();
    await conclude({ client, cluster, servers, history, expect, figures });

    expect(figures.rejoinSeconds * 1000 <= rejoinMsMax, `the node was back after ${figures.rejoinSeconds} s`);
    if (numbers.gatewaySeconds > leaseSeconds)
      expect(figures.takenOver > 0, "nothing was taken over from the gateway that stood still: the stop did nothing");
    expect(figures.history.done === figures.items, `${figures.history.done} of ${figures.items} items have a case`);
  },
);

/** Stops a gateway at a moment at which it holds items. @returns when it was stopped */
async function stopHolding(gateway, servers, progress) {
  for (let stops = 0; stops < stopsMax; stops++) {
    await progress();
    await gateway.signal("SIGSTOP");
    const stoppedAt = performance.now();
    while (performance.now() - stoppedAt < leaseSeconds * 1000) {
      const [{ many }] = await servers.rows(
        `select count(*)::int as many from batch_items
         where state = 'leased' and due_at < clock_timestamp() + make_interval(secs => $1)`,
        [unrenewedSeconds],
      );
      if (many > 0) return stoppedAt;
      await delay(1000);
    }
    await gateway.signal("SIGCONT");
  }
  throw new Error(`the gateway held nothing whenever it was stopped, ${stopsMax} times`);
}
