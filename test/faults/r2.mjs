// R2: NATS is stopped for a while, then killed and started again several times, while nodes alone do the reading.
//
//   node test/faults/r2.mjs --down 60 --kills 20 [--json]

import { setTimeout as delay } from "node:timers/promises";
import { startCluster, until } from "./cluster.mjs";
import { conclude, slowest, startLoad, startPosts } from "./load.mjs";
import { runFault } from "./run.mjs";

const backMsMax = 10_000;
const patienceMs = 60_000;
const refusalMsMax = 100;
/** Cases whose times say how busy the processor is, before anything is stopped. */
const calmPosts = 6;

await runFault(
  "R2",
  { down: 60, kills: 20, gateways: 2, nodes: 2, workers: 1 },
  async ({ numbers, servers, history, clientOf, atEnd, expect, figures }) => {
    const cluster = await startCluster(servers, numbers);
    atEnd(() => cluster.stop());
    const client = clientOf(cluster.urls);
    const load = startLoad(client);
    await load.progress(patienceMs, "at first");
    const posts = startPosts(client, cluster.urls, { everyMs: 200 });

    await until(() => posts.accepted().n >= calmPosts, patienceMs, "cases before the stop");
    figures.acceptedBefore = posts.accepted();
    await servers.stop("nats1");
    await delay(numbers.down * 1000);
    await servers.start("nats1");
    const afterStop = await load.progress(patienceMs, "after the stop");
    figures.refusedWhileDown = posts.refusals();

    const afterKill = [];
    for (let k = 0; k < numbers.kills; k++) {
      await servers.kill("nats1");
      await servers.start("nats1");
      afterKill.push(await load.progress(patienceMs, `after kill ${k + 1}`));
    }
    await posts.end();
    figures.items = await load.end();
    figures.singles = posts.answered;
    figures.onAfterStopSeconds = slowest([afterStop]).maxSeconds;
    figures.onAfterKill = slowest(afterKill);
    await conclude({ client, cluster, servers, history, expect, figures });

    const { n, silent, p50 } = figures.refusedWhileDown;
    expect(n > 0, "nobody was refused while NATS was down: the stop did nothing");
    expect(silent === 0, `${silent} refusals do not say when to come back`);
    // Where the processor is too busy for the figure, a refusal is at least faster than an answer.
    const bound = Math.max(refusalMsMax, figures.acceptedBefore.p50);
    expect(p50 <= bound, `half of the refusals took ${p50} ms or more, of ${bound}`);
    expect(Math.max(afterStop, ...afterKill) <= backMsMax, "the batch did not go on within 10 s");
    expect(figures.history.done === figures.items, `${figures.history.done} of ${figures.items} items have a case`);
  },
);
