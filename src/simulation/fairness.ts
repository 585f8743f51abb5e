import { askCapacity, type CapacityAnswer, type CapacityQuestion } from "./capacity.ts";

/** Of what the cluster with the slow node could read. */
const load = 0.8;
const cluster = { nodes: 10, seconds: 30, fixedMs: 2, itemMs: 18, batchMax: 1, slots: 2, creditItems: 64 } as const;

export interface Fairness {
  readonly rate: number;
  readonly slower: number;
  readonly withSlow: CapacityAnswer;
  /** The same cluster, that node as fast as the others; and one without that node. */
  readonly allEqual: CapacityAnswer;
  readonly without: CapacityAnswer;
  /** The 99th percentile with the slow node, as a multiple of the larger load's: without that node. */
  readonly p99Ratio: number;
  readonly p99RatioToEqual: number;
}

/** What one slow node among ten does to everybody: the same arrivals with it, with it as fast, and without it. */
export function askFairness(slower: number, onProgress?: (done: number, of: number) => void): Fairness {
  const perNode = (cluster.slots * cluster.batchMax * 1000) / (cluster.fixedMs + cluster.itemMs * cluster.batchMax);
  const rate = load * perNode * (cluster.nodes - 1 + 1 / slower);
  const ask = (part: number, change: Partial<CapacityQuestion>): CapacityAnswer =>
    askCapacity({ ...cluster, rate, ...change }, (done, of) => onProgress?.(part * of + done, 3 * of));
  const withSlow = ask(0, { slow: { nodes: 1, times: slower } });
  const allEqual = ask(1, {});
  const without = ask(2, { nodes: cluster.nodes - 1 });
  const p99 = withSlow.latencyMs.p99;
  const p99Ratio = p99 / without.latencyMs.p99;
  return { rate, slower, withSlow, allEqual, without, p99Ratio, p99RatioToEqual: p99 / allEqual.latencyMs.p99 };
}
