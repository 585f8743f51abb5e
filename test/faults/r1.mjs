// R1: engines, nodes and gateways are killed at random while batches run.
//
//   node test/faults/r1.mjs --items 20000 --batches 20 --kills 200 --seed 7 [--baseline N] [--json]
//
// The undisturbed time is measured first, on the same cluster, with `--baseline` items (default: a quarter), and scaled.

import { setTimeout as delay } from "node:timers/promises";
import { startCluster } from "./cluster.mjs";
import { origin } from "./images.mjs";
import { conclude, tenths } from "./load.mjs";
import { runFault, submitAll } from "./run.mjs";

const kinds = ["engine", "node", "gateway"];
/** Time that one kill may cost, beside twice the undisturbed time. */
const killMs = 2000;
const patienceMs = 3_600_000;

await runFault(
  "R1",
  { items: 20_000, batches: 20, kills: 200, gateways: 2, nodes: 3, workers: 2, baseline: 0 },
  async ({ numbers, servers, history, clientOf, atEnd, random, expect, figures }) => {
    const { items, batches, kills } = numbers;
    const cluster = await startCluster(servers, numbers);
    atEnd(() => cluster.stop());
    figures.images = origin;
    const client = clientOf(cluster.urls);
    const baseline = numbers.baseline || Math.ceil(items / 4);
    figures.baseline = baseline;
    const undisturbed =
      (await timed(client, {
        items: baseline,
        batches: Math.max(1, Math.round((batches * baseline) / items)),
        prefix: "calm",
        first: items,
      })) *
      (items / baseline);

    const killed = { engine: 0, node: 0, gateway: 0 };
    const before = client.settled;
    const started = performance.now();
    let submitting = true;
    const submitted = submitAll(client, { items, batches, prefix: "kill" }).finally(() => {
      submitting = false;
    });
    const nemesis = (async () => {
      for (let k = 0; k < kills; k++) {
        // Spread over the work: from the first item on, and none after the last.
        const share = (k + random()) / kills;
        while (client.settled - before < Math.floor(share * items * 0.98)) await delay(20);
        const kind = kinds[Math.floor(random() * kinds.length)];
        const of = kind === "gateway" ? cluster.gateways : cluster.nodes;
        const member = of[Math.floor(random() * of.length)];
        const isDead = () => (kind === "engine" ? member.killEngine() : member.kill());
        // One that is being started again is waited for: each kill has to hit.
        while (!(await isDead())) await delay(50);
        killed[kind]++;
      }
    })();
    const followed = client.follow({ timeoutMs: patienceMs, more: () => submitting });
    await Promise.all([submitted, nemesis, followed]);
    const disturbed = performance.now() - started;
    await cluster.ready();

    const bound = 2 * undisturbed + killMs * kills;
    Object.assign(figures, {
      killed,
      undisturbedSeconds: tenths(undisturbed),
      disturbedSeconds: tenths(disturbed),
      boundSeconds: tenths(bound),
    });
    await conclude({ client, cluster, servers, history, expect, figures });
    const hits = killed.engine + killed.node + killed.gateway;
    expect(hits === kills, `${hits} of ${kills} kills hit`);
    expect(disturbed <= bound, `it took ${tenths(disturbed)} s of ${tenths(bound)} s`);
    expect(
      figures.history.done === items + baseline,
      `${figures.history.done} of ${items + baseline} items have a case`,
    );
  },
);

async function timed(client, what) {
  const started = performance.now();
  await submitAll(client, what);
  await client.follow({ timeoutMs: patienceMs });
  return performance.now() - started;
}
