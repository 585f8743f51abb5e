// R14: many posts under one Idempotency-Key at once, to several gateways; other content under it; the same after a restart.
//
//   node test/faults/r14.mjs --posts 50 --rounds 5 [--json]

import { startCluster } from "./cluster.mjs";
import { digestOf } from "./history.mjs";
import { imageOf } from "./images.mjs";
import { conclude } from "./load.mjs";
import { runFault } from "./run.mjs";

await runFault(
  "R14",
  { posts: 50, rounds: 5, gateways: 2, nodes: 1, workers: 1 },
  async ({ numbers, servers, history, clientOf, atEnd, expect, figures }) => {
    const cluster = await startCluster(servers, numbers);
    atEnd(() => cluster.stop());
    const client = clientOf(cluster.urls);
    const urlOf = (i) => cluster.urls[i % cluster.urls.length];
    const first = [];
    const kept = [];
    figures.refusedMeanwhile = 0;
    for (let round = 0; round < numbers.rounds; round++) {
      const [image, other] = await Promise.all([imageOf(2 * round), imageOf(2 * round + 1)]);
      const key = `one-key-${round}`;
      const answers = await Promise.all(
        Array.from({ length: numbers.posts }, (_, i) => client.post(urlOf(i), key, image)),
      );
      const made = answers.filter((each) => each?.status === 201);
      // Who is told to come back does so.
      figures.refusedMeanwhile += answers.length - made.length;
      for (const [i, answer] of answers.entries()) {
        let later = answer;
        while (later?.status !== 201) later = await client.post(urlOf(i), key, image);
        if (later !== answer) made.push(later);
      }
      expect(made.length === numbers.posts, `${made.length} of ${numbers.posts} posts were answered`);
      expect(new Set(made.map(({ text }) => text)).size === 1, `round ${round}: the answers are not equal`);
      for (const url of cluster.urls) {
        const answer = await client.post(url, key, other);
        client.strange.delete(`${answer?.status} idempotency-key-reused`);
        expect(answer?.status === 422, `another body under the key was answered ${answer?.status}`);
      }
      first.push({ key, image, text: made[0].text });
      const batches = await Promise.all(
        Array.from({ length: numbers.posts }, () => client.submit(`one-batch-${round}`, 100 + 5 * round, 5)),
      );
      expect(new Set(batches).size === 1, `round ${round}: one key made ${new Set(batches).size} batches`);
      kept.push(batches[0]);
    }
    await client.follow({ timeoutMs: 120_000 });
    for (const gateway of cluster.gateways) expect(await gateway.kill(), "a gateway was not killed");
    await cluster.ready();
    for (const { key, image, text } of first)
      for (const url of cluster.urls) {
        const answer = await client.post(url, key, image);
        expect(
          answer?.text === text,
          `after the restart ${key} is answered ${answer?.status} ${digestOf(answer?.text ?? "")}`,
        );
      }
    for (const [round, id] of kept.entries())
      expect(
        (await client.submit(`one-batch-${round}`, 100 + 5 * round, 5)) === id,
        `after the restart key ${round} makes another batch`,
      );
    await conclude({ client, cluster, servers, history, expect, figures });
    expect(figures.history.cases === numbers.rounds, `${figures.history.cases} cases of ${numbers.rounds} keys`);
  },
);
