import { type GatewayView, gatewayLeases, isProblem } from "../contracts/index.ts";
import { type Config, type Log, newRequestId, systemClock } from "../platform/index.ts";
import { sweep } from "../store/index.ts";
import { nodeNameOf } from "./cluster.ts";
import { type Duty, Leadership, pause } from "./leadership.ts";
import type { Records } from "./records.ts";

/** The one job that exactly one of several gateways has. */
const monitor = "monitor";
/** A server that is restarted again and again must not begin with it each time. */
const firstSweepMs = 60_000;
const sweepEveryMs = 3_600_000;
const forgetEveryMs = 60_000;

/** The gateways on one database, as one of them knows them. */
export interface Fleet {
  start(): void;
  stop(): Promise<void>;
  /** By role, whether this gateway leads. */
  leads(): Readonly<Record<string, boolean>>;
  /** @throws {Problem} store-unavailable */
  gateways(): Promise<readonly GatewayView[]>;
}

/**
 * Counts this gateway among those on its database, and has one of them do what only one may do.
 * @param duties beside the sweep
 */
export function createFleet(config: Config, records: Records, log: Log, duties: readonly Duty[] = []): Fleet {
  const { leases } = records.cases;
  // Two gateways may have been given one name.
  const holder = `${nodeNameOf(config)}/${newRequestId()}`;
  const shared = { leases, holder, clock: systemClock, log };
  const here = new Leadership({
    ...shared,
    role: `${gatewayLeases}${holder}`,
    duties: [],
    log: log.child({}, { level: "warn" }),
  });
  const leader = new Leadership({
    ...shared,
    role: monitor,
    duties: [sweepHourly(records, log), forgetSpent(records), ...duties],
  });
  const both = [here, leader];
  return {
    start: () => {
      for (const each of both) each.start();
    },
    stop: async () => void (await Promise.all(both.map((each) => each.stop()))),
    leads: () => ({ [monitor]: leader.leads() }),
    gateways: async () => {
      const standing = await leases.standingLeases();
      const leader = standing.find((lease) => lease.name === monitor)?.holder;
      return standing
        .filter((lease) => lease.name === `${gatewayLeases}${lease.holder}`)
        .map(({ holder: each }) => ({
          name: each.slice(0, each.lastIndexOf("/")),
          here: each === holder,
          leads: each === leader ? [monitor] : [],
        }));
    },
  };
}

/** Deletes images past their time, and those that no record names. */
function sweepHourly({ cases, objects }: Records, log: Log): Duty {
  return async (term) => {
    for (let waitMs = firstSweepMs; await pause(waitMs, term.signal); waitMs = sweepEveryMs)
      try {
        const swept = await sweep(cases, objects, term);
        if (swept.expired + swept.orphans > 0) log.info(swept, "swept");
      } catch (error) {
        log.warn({ err: isProblem(error) ? error.code : error }, "the sweep did not finish");
      }
  };
}

/** So that buckets of callers who do not come back, and rows of gateways that are gone, do not pile up. */
function forgetSpent({ cases }: Records): Duty {
  return async (term) => {
    while (await pause(forgetEveryMs, term.signal)) await cases.leases.forgetSpent(term).catch(() => undefined);
  };
}
