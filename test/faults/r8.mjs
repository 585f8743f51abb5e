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
      // Stopped while it holds items: the other one holds some as well, so all that is wanted is that there are more than
      // its own.
      await load.progress(patienceMs, "before the gateway is stopped");
      await asleep.signal("SIGSTOP");
      await delay(numbers.gatewaySeconds * 1000);
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
