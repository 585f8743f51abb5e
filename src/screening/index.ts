export { Heatmaps } from "./heatmaps.ts";
export { OncePerKey } from "./once-per-key.ts";
export { decideCase, resolveProgramme, type ScreeningDeps, type ScreenRequest, screenCase } from "./screen-case.ts";
