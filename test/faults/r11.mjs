// R11: inputs that end the process that reads them, every time, in the middle of a batch.
//
//   node test/faults/r11.mjs --items 500 --poisons 5 --repeats 4 [--json]

import { startCluster } from "./cluster.mjs";
import { poisonOf } from "./images.mjs";
import { conclude } from "./load.mjs";
import { runFault } from "./run.mjs";

const patienceMs = 600_000;
const enginesMax = 3;
/** Neighbours of an input that comes again. */
const besides = 10;

await runFault(
  "R11",
  { items: 500, poisons: 5, repeats: 4, gateways: 1, nodes: 2, workers: 1 },
  async ({ numbers, servers, history, clientOf, atEnd, expect, figures }) => {
    const { items, poisons, repeats } = numbers;
    const hook = new URL("./poison.mjs", import.meta.url).href;
    const cluster = await startCluster(servers, { ...numbers, nodeEnv: () => ({ NODE_OPTIONS: `--import ${hook}` }) });
    atEnd(() => cluster.stop());
    const client = clientOf(cluster.urls);
    const lost = () => cluster.nodes.reduce((sum, { enginesLost }) => sum + enginesLost, 0);
    const each = Math.floor(items / poisons);
    const perPoison = [];
    const refused = [];
    for (let p = 0; p < poisons; p++) {
      const before = lost();
      const poison = { id: `poison-${p}`, bytes: await poisonOf("ORDER-ABORT", p) };
      const id = await client.submit(`poisoned-${p}`, p * each, each, [poison]);
      await client.follow({ timeoutMs: patienceMs });
      perPoison.push(lost() - before);
      refused.push(await errorOf(cluster.urls[0], id, each));
    }
    // The same bytes again and again: how many engines are lost to what is known already.
    const before = lost();
    for (let r = 0; r < repeats; r++) {
      const again = { id: "again", bytes: await poisonOf("ORDER-ABORT", 0) };
      const id = await client.submit(`again-${r}`, items + r * besides, besides, [again]);
      await client.follow({ timeoutMs: patienceMs });
      refused.push(await errorOf(cluster.urls[0], id, besides));
    }
    const enginesLostAgain = lost() - before;
    Object.assign(figures, { enginesLostPerPoison: perPoison, enginesLostAgain, reasons: refused });
    await conclude({ client, cluster, servers, history, expect, figures });

    const { done, failed, dead } = figures.history;
    expect(
      perPoison.every((many) => many > 0),
      "an input that was to end its process did not",
    );
    expect(
      perPoison.every((many) => many <= enginesMax),
      `processes lost to one input: ${perPoison.join(", ")}`,
    );
    const first = perPoison[0];
    expect(
      first + enginesLostAgain <= enginesMax,
      `${first} processes were lost to one input, and ${enginesLostAgain} to the same bytes when they came again`,
    );
    expect(
      refused.every((code) => code === "input-quarantined"),
      `the reasons given are ${refused.join(", ")}`,
    );
    expect(
      failed + dead === poisons + repeats,
      `${failed} failed and ${dead} dead items of ${poisons + repeats} poisons`,
    );
    expect(
      done === each * poisons + repeats * besides,
      `${done} of ${each * poisons + repeats * besides} neighbours have a case`,
    );
  },
);

async function errorOf(url, batch, index) {
  const text = await (await fetch(`${url}/v1/batches/${batch}/results?after=${index - 1}`)).text();
  return JSON.parse(text.split("\n")[0]).error?.code;
}
