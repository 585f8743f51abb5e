import type { LoadTest } from "../load-test.ts";
import { batch } from "./batch.ts";
import { mixed } from "./mixed.ts";
import { overload } from "./overload.ts";
import type { ScenarioOptions } from "./scenario-options.ts";
import { single } from "./single.ts";
import { soak } from "./soak.ts";

/** Requests when they are due, as the caller plans it. */
async function open(test: LoadTest, { seconds, rate, plan }: ScenarioOptions): Promise<void> {
  await test.open("open", plan ?? { kind: "poisson", rate: rate ?? 1, seconds });
}

/** So many clients, each waiting for its answer. */
async function closed(test: LoadTest, options: ScenarioOptions): Promise<void> {
  const { clients, requestsPerClient, pauseMs, seconds } = options;
  await test.closed("closed", {
    clients,
    pauseMs,
    ...(requestsPerClient === undefined ? { seconds } : { requestsPerClient }),
  });
}

export const scenarios = { open, closed, single, batch, mixed, overload, soak } as const;
export type ScenarioName = keyof typeof scenarios;
