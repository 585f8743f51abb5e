import { setTimeout as wait } from "node:timers/promises";
import type { LoadTest } from "../load-test.ts";

const everyMs = 250;
const giveUpMs = 10_000;

/** Asks `/livez` and `/readyz` in turn, as a load balancer does, until it is stopped. */
export function watchProbes(test: LoadTest): { stop(): Promise<readonly number[]> } {
  const ending = new AbortController();
  const times: number[] = [];
  const ask = async (path: string): Promise<void> => {
    const startedAt = test.clock.now();
    // A probe that is not answered at all counts as the time after which it was given up.
    await fetch(`${test.settings.target.url}${path}`, { signal: AbortSignal.timeout(giveUpMs) })
      .then((answer) => answer.arrayBuffer())
      .then(
        () => times.push(test.clock.now() - startedAt),
        () => times.push(giveUpMs),
      );
  };
  const asking = (async () => {
    for (let i = 0; !ending.signal.aborted; i++) {
      await ask(i % 2 === 0 ? "/livez" : "/readyz");
      await wait(everyMs, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      ending.abort();
      await asking;
      return times;
    },
  };
}
