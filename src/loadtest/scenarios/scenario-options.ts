import type { ArrivalPlan } from "../arrivals.ts";
import type { Sample } from "../phase.ts";

export interface ScenarioOptions {
  /** Of each phase that is timed. */
  readonly seconds: number;
  /** Requests a second; default: a share of the peak, which is looked for first. */
  readonly rate?: number | undefined;
  /** How often a scenario that compares does so. */
  readonly rounds: number;
  /** Images of one batch. */
  readonly batchImages: number;
  /** For the scenario `open`. */
  readonly plan?: ArrivalPlan | undefined;
  /** For the scenario `closed`. */
  readonly clients: number;
  readonly requestsPerClient?: number | undefined;
  readonly pauseMs: number;
  /** Looks at the server's process; default: at what `/metrics` says of it. */
  readonly look?: ((atS: number) => Promise<Sample>) | undefined;
}
