export { type Heatmap, Heatmaps } from "./heatmaps.ts";
export { OncePerKey } from "./once-per-key.ts";
export { readBoth } from "./read-both.ts";
export { decideCase, resolveProgramme, type ScreeningDeps, type ScreenRequest, screenCase } from "./screen-case.ts";
