export type { ArrivalPlan } from "./arrivals.ts";
export { giveUpMsDefault, LoadTest, type LoadTestSettings, openMaxDefault } from "./load-test.ts";
export type { LoadReport, PhaseReport } from "./phase.ts";
export { compareReports, comparisonTable, differences, parseReport } from "./report/compare.ts";
export { reportPage } from "./report/page.ts";
export { reportTable } from "./report/table.ts";
export { LoadInputError, readImages } from "./requests.ts";
export type { ScenarioOptions } from "./scenarios/scenario-options.ts";
export { type ScenarioName, scenarios } from "./scenarios/scenarios.ts";
