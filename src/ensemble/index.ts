export { calibrate, conformalPValue } from "./calibrate.ts";
export { positivesNeeded, proveBand } from "./certificate.ts";
export { decideFirst, decideSecond, type FirstLook, type Verdict } from "./decide.ts";
export { explanations } from "./explain.ts";
export { grade } from "./gradability.ts";
