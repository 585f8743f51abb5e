export type { SecondLookDesk } from "./ask-fine.ts";
export { FineLane } from "./fine-lane.ts";
export { type Heatmap, Heatmaps } from "./heatmaps.ts";
export { OncePerKey } from "./once-per-key.ts";
export { readBoth } from "./read-both.ts";
export { decideCase, resolveProgramme, screenCase } from "./screen-case.ts";
export type { ScreeningDeps, ScreenRequest } from "./screen-request.ts";
export { SecondLooks } from "./second-looks.ts";
