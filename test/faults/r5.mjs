// R5: the object store is away, slow, fails every request, and cuts what it is sent and what it sends.
//
//   node test/faults/r5.mjs --seconds 60 [--json]

import { setTimeout as delay } from "node:timers/promises";
import { startCluster } from "./cluster.mjs";
import { backAfter, conclude, slowest, startLoad, startPosts, tenths } from "./load.mjs";
import { openFailingHttp, openProxy } from "./proxies.mjs";
import { runFault } from "./run.mjs";

const patienceMs = 180_000;
/** Of an image of ours, with the head of the request or answer: in the middle. */
const cutBytes = 4096;

await runFault(
  "R5",
  { seconds: 60, gateways: 2, nodes: 2, workers: 1 },
  async ({ numbers, servers, history, clientOf, atEnd, expect, figures }) => {
    const { s3, toxiproxyUrl } = servers;
    const proxy = await openProxy(toxiproxyUrl, new URL(s3.endpoint).host);
    atEnd(() => proxy.close());
    const http = await openFailingHttp(`127.0.0.1:${proxy.port}`);
    atEnd(() => http.close());
    const through = { ...s3, endpoint: `http://127.0.0.1:${http.port}` };
    const cluster = await startCluster({ ...servers, s3: through }, numbers);
    atEnd(() => cluster.stop());
    const client = clientOf(cluster.urls);
    const load = startLoad(client);
    await load.progress(patienceMs, "at first");
    const posts = startPosts(client, cluster.urls);

    const faults = {
      away: () => proxy.cut(),
      errors: () => http.fail(),
      latency: () => proxy.harm("latency", { latency: 5000 }),
      cutReads: () => proxy.harm("limit_data", { bytes: cutBytes }),
      cutWrites: () => proxy.harm("limit_data", { bytes: cutBytes }, { stream: "upstream" }),
    };
    // Leases beyond the first of an item: its image could not be read, or its case not be kept.
    const triedAgain = async () =>
      (await servers.rows("select coalesce(sum(attempt - 1), 0)::int as many from batch_items where attempt > 1"))[0]
        .many;
    figures.faults = {};
    const back = [];
    for (const [at, [name, harm]] of Object.entries(faults).entries()) {
      const refusedBefore = posts.answered[503] ?? 0;
      const settledBefore = client.settled;
      const triedBefore = await triedAgain();
      await harm();
      await delay(numbers.seconds * 1000);
      await proxy.mend();
      figures.answered500 = http.mend();
      back.push(await backAfter(client, cluster.urls, patienceMs, at));
      figures.faults[name] = {
        refused: (posts.answered[503] ?? 0) - refusedBefore,
        triedAgain: (await triedAgain()) - triedBefore,
        settled: client.settled - settledBefore,
        backSeconds: tenths(back.at(-1)),
      };
      await load.progress(patienceMs, `after ${name}`);
    }
    await posts.end();
    figures.items = await load.end();
    figures.singles = posts.answered;
    figures.back = slowest(back);
    await conclude({ client, cluster, servers, history, expect, figures });

    expect(figures.answered500 > 0, "no request was answered with 500");
    for (const [name, { refused, triedAgain }] of Object.entries(figures.faults))
      expect(refused + triedAgain > 0, `${name} did nothing: nobody was refused, no item tried again`);
    expect(figures.history.done === figures.items, `${figures.history.done} of ${figures.items} items have a case`);
  },
);
