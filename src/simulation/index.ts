export type { CapacityAnswer } from "./capacity.ts";
export { measureCapacity, measureDispatcher } from "./dispatcher-cost.ts";
export { askFairness } from "./fairness.ts";
export { runSeeds, type SeedsSummary } from "./run-seeds.ts";
export { type SeedReport, simulateSeed } from "./simulate.ts";
