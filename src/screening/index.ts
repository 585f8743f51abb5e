export { decideCase, resolveProgramme, type ScreeningDeps, type ScreenRequest, screenCase } from "./screen-case.ts";
