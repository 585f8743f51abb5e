// R4: PostgreSQL is restarted, cleanly and by SIGKILL, is away for a while, and its answers to COMMIT are cut off: what
// was written is written then, and the gateway does not know.
//
//   node test/faults/r4.mjs --restarts 10 --down 30 --cuts 100 [--json]

import { setTimeout as delay } from "node:timers/promises";
import { startCluster, until } from "./cluster.mjs";
import { backAfter, conclude, slowest, startLoad, startPosts } from "./load.mjs";
import { openCommitCutter } from "./proxies.mjs";
import { runFault } from "./run.mjs";

const backMsMax = 10_000;
const patienceMs = 60_000;
/** Connections that each gateway may hold. */
const poolMax = 4;
const cutsAtOnce = 2;

await runFault(
  "R4",
  { restarts: 10, down: 30, cuts: 100, gateways: 2, nodes: 2, workers: 1 },
  async ({ numbers, servers, history, clientOf, atEnd, expect, figures }) => {
    const wire = new URL(servers.databaseUrl);
    const cutter = await openCommitCutter(new URL(servers.databaseUrl));
    atEnd(() => cutter.close());
    wire.port = String(cutter.port);
    const cluster = await startCluster({ ...servers, databaseUrl: wire.href }, numbers);
    atEnd(() => cluster.stop());
    const client = clientOf(cluster.urls);
    const load = startLoad(client);
    await load.progress(patienceMs, "at first");
    const posts = startPosts(client, cluster.urls, { also: ["/v1/cases?limit=1", "/v1/batches?limit=1"] });

    const back = [];
    for (let i = 0; i < numbers.restarts; i++) {
      await (i % 2 === 0 ? servers.stop("postgres") : servers.kill("postgres"));
      await servers.start("postgres");
      back.push(await backAfter(client, cluster.urls, patienceMs, i));
      await load.progress(patienceMs, `after restart ${i + 1}`);
    }
    if (numbers.down > 0) {
      await servers.stop("postgres");
      await delay(numbers.down * 1000);
      await servers.start("postgres");
      back.push(await backAfter(client, cluster.urls, patienceMs, numbers.restarts));
    }
    for (let cut = 0; cut < numbers.cuts; cut += cutsAtOnce) {
      const wanted = Math.min(cut + cutsAtOnce, numbers.cuts);
      cutter.arm(wanted - cut);
      await until(() => cutter.counts().cuts >= wanted, patienceMs, `${wanted} cut answers`);
      await delay(100);
    }
    await posts.end();
    figures.items = await load.end();
    figures.singles = posts.answered;
    figures.back = slowest(back);
    figures.commits = cutter.counts();
    const connections = async () =>
      (
        await servers.rows(
          "select count(*)::int as many from pg_stat_activity where application_name = 'fovea' and datname = current_database()",
        )
      )[0].many;
    const allowed = poolMax * numbers.gateways;
    await until(async () => (await connections()) <= allowed, patienceMs, `at most ${allowed} connections`);
    figures.connections = { now: await connections(), allowed };
    await conclude({ client, cluster, servers, history, expect, figures });

    expect(figures.commits.cuts >= numbers.cuts, `${figures.commits.cuts} of ${numbers.cuts} answers were cut off`);
    expect(Math.max(...back) <= backMsMax, `it took ${figures.back.maxSeconds} s to be back`);
    expect((posts.answered[503] ?? 0) > 0, "nobody was refused: the restarts did nothing");
    expect(figures.history.done === figures.items, `${figures.history.done} of ${figures.items} items have a case`);
  },
);
