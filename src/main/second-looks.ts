import type { Config } from "../platform/index.ts";
import { FineLane, type SecondLookDesk, SecondLooks } from "../screening/index.ts";
import type { Engine } from "./cluster-engine.ts";
import type { Records } from "./records.ts";

type Deps = Omit<ConstructorParameters<typeof SecondLooks>[0], "store" | "lane" | "waitMsMax" | "byLoad"> & {
  readonly predictor: Pick<Engine, "predict" | "status" | "nodes">;
};

const minuteMs = 60_000;

export interface SecondLookWork {
  /** Where cases are left; undefined when none may wait. */
  readonly secondLooks: SecondLookDesk | undefined;
  /** Runs also then: tickets of before are still owed. */
  readonly looker: SecondLooks;
}

export function secondLookWork(
  config: Pick<Config, "SECOND_LOOKS" | "SECOND_LOOK_MAX_MINUTES" | "WORKERS">,
  { cases }: Pick<Records, "cases">,
  deps: Deps,
): SecondLookWork {
  const { SECOND_LOOKS: mode, WORKERS: threads } = config;
  const looker = new SecondLooks({
    ...deps,
    store: cases.secondLooks,
    lane: new FineLane(deps.clock, () => slotsOf(deps.predictor) ?? threads),
    waitMsMax: config.SECOND_LOOK_MAX_MINUTES * minuteMs,
    byLoad: mode === "by-load",
    log: deps.log.child({ room: "screening" }),
  });
  return { secondLooks: mode === "off" ? undefined : looker, looker };
}

/** Images that all engines together read at the same time; undefined where there is only the local one. */
function slotsOf(predictor: Pick<Engine, "nodes">): number | undefined {
  return predictor.nodes?.().reduce((sum, { state, slots }) => sum + (state === "ready" ? slots : 0), 0);
}
