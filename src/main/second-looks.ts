import type { Config } from "../platform/index.ts";
import { FineLane, type SecondLookDesk, SecondLooks } from "../screening/index.ts";
import type { Engine } from "./cluster-engine.ts";
import type { Records } from "./records.ts";

type Deps = Omit<ConstructorParameters<typeof SecondLooks>[0], "store" | "width" | "lane" | "waitMsMax" | "byLoad"> & {
  readonly predictor: Pick<Engine, "predict" | "status" | "nodes">;
};

const minuteMs = 60_000;
/** For each inference thread one that is read, and one whose image is fetched or whose case is written. */
const looksPerThread = 2;
const looksForNodes = 16;

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
    width: threads > 0 ? threads * looksPerThread : looksForNodes,
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
