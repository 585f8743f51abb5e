// Work that goes on for as long as a fault does: batches are submitted so that some items are always open, and single
// cases are posted to every gateway beside them.

import { setTimeout as delay } from "node:timers/promises";
import { errorsOf, until } from "./cluster.mjs";
import { judge } from "./history.mjs";
import { imageOf } from "./images.mjs";

const patienceMs = 900_000;
/** Single cases have numbers of their own. */
const singlesFrom = 8_000_000;

/** @param options `each`: items of one batch; `ahead`: open items at any time */
export function startLoad(client, { each = 40, ahead = 120, prefix = "load" } = {}) {
  let submitted = 0;
  let isOver = false;
  const submitting = (async () => {
    for (let n = 0; !isOver; )
      if (submitted - client.settled < ahead) {
        await client.submit(`${prefix}-${n++}`, submitted, each);
        submitted += each;
      } else await delay(50);
  })();
  const following = client.follow({ timeoutMs: patienceMs, more: () => !isOver });
  const broken = Promise.all([submitting, following]);
  broken.catch(() => undefined);
  return {
    /** Resolves once more items are settled than now. @returns how long that took, ms */
    progress: async (timeoutMs, what) => {
      const [before, started] = [client.settled, performance.now()];
      await Promise.race([until(() => client.settled > before, timeoutMs, `${what}: a further item`), broken]);
      return performance.now() - started;
    },
    /** Nothing more is submitted; everything is followed to its end. @returns items */
    end: async () => {
      isOver = true;
      await broken;
      return submitted;
    },
  };
}

/** Posts single cases to each gateway, each under a key that is kept until there is a 201. */
export function startPosts(client, urls, { everyMs = 400, also = [] } = {}) {
  let isOver = false;
  let number = 0;
  const refusals = [];
  const accepted = [];
  const answered = { 201: 0, 503: 0, away: 0 };
  const caller = async (url) => {
    while (!isOver) {
      const i = singlesFrom + number++;
      const image = await imageOf(i);
      for (let done = false; !done; ) {
        const answer = await client.post(url, `single-${i}`, image);
        answered[answer?.status ?? "away"] = (answered[answer?.status ?? "away"] ?? 0) + 1;
        if (answer?.status === 503) refusals.push({ ms: answer.ms, retryAfter: answer.retryAfter });
        done = answer?.status === 201;
        if (done) accepted.push(answer.ms);
        for (const path of also) await client.askOf(url, path);
        await delay(everyMs);
      }
    }
  };
  const calling = Promise.all(urls.map(caller));
  calling.catch(() => undefined);
  return {
    answered,
    /** How long cases that were accepted took to be answered, ms. */
    accepted: () => timesOf(accepted),
    /** The same of answers 503, and how many of them do not say when to come back. */
    refusals: () => ({
      ...timesOf(refusals.map(({ ms }) => ms)),
      silent: refusals.filter(({ retryAfter }) => !(Number(retryAfter) > 0)).length,
    }),
    /** Each case that was begun is posted until it is there. */
    end: () => {
      isOver = true;
      return calling;
    },
  };
}

function timesOf(all) {
  const ms = [...all].sort((a, b) => a - b);
  const at = (share) => Math.round(ms[Math.min(ms.length - 1, Math.floor(ms.length * share))] ?? 0);
  return { n: ms.length, p50: at(0.5), p95: at(0.95), max: at(1) };
}

/** How long until every gateway is ready and answers a new case with 201, ms. */
export async function backAfter(client, urls, timeoutMs, number) {
  const started = performance.now();
  await Promise.all(
    urls.map(async (url, at) => {
      await until(async () => (await fetch(`${url}/readyz`)).status === 200, timeoutMs, `${url} to be ready again`);
      const i = singlesFrom + 900_000 + number * 10 + at;
      const image = await imageOf(i);
      await until(
        async () => (await client.post(url, `back-${i}`, image))?.status === 201,
        timeoutMs,
        `${url} to take a case again`,
      );
    }),
  );
  return performance.now() - started;
}

/** The end of every run: what clients met, what the judge found, and that no process ended by itself. */
export async function conclude({ client, cluster, servers, history, expect, figures }) {
  await cluster.ready();
  Object.assign(figures, {
    statuses: Object.fromEntries(client.statuses),
    strange: Object.fromEntries(client.strange),
    unexpectedEnds: cluster.unexpectedEnds,
    errors: errorsOf(cluster),
    history: await judge(history.path, { servers, gateways: cluster.urls }),
  });
  expect(client.strange.size === 0, `answers that are neither 2xx nor 503: ${JSON.stringify(figures.strange)}`);
  expect(cluster.unexpectedEnds === 0, `${cluster.unexpectedEnds} processes ended by themselves`);
  for (const sentence of figures.history.sentences) expect(false, sentence);
}

export const tenths = (ms) => Math.round(ms / 100) / 10;
/** The slowest and how many, of times in ms. */
export const slowest = (times) => ({ n: times.length, maxSeconds: tenths(Math.max(...times)) });
