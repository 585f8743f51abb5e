export { calibrate, conformalPValue } from "./calibrate.ts";
export { type Proof, positivesNeeded, proveBand } from "./certificate.ts";
export { decideFirst, decideSecond, type FirstLook, fuse, type SecondLook, type Verdict } from "./decide.ts";
export { explanations } from "./explain.ts";
export { grade } from "./gradability.ts";
export { logit, sigmoid } from "./probability.ts";
export { binomialCdf, type Interval, upperBound, wilson } from "./statistics.ts";
