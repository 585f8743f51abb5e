export { positivesNeeded, proveBand } from "./certificate.ts";
export { conformalPValue } from "./conformal.ts";
export {
  decideFirst,
  decideSecond,
  type FirstLook,
  isMissingLook,
  type MissingLook,
  type Verdict,
  withoutSecond,
} from "./decide.ts";
export { explanations } from "./explain.ts";
export { bandSettings, certifyBand, onePerGroup } from "./fit/certify-band.ts";
export { chooseBand } from "./fit/choose-band.ts";
export {
  type EmbeddingProjection,
  fitEmbeddingReference,
  placeOf,
  referenceCasesMin,
  squaredLength,
} from "./fit/embedding-reference.ts";
export { chooseCalibration } from "./fit/fit-calibration.ts";
export { chooseFusion } from "./fit/fit-fusion.ts";
export { grade } from "./gradability.ts";
export { areaUnderCurve } from "./metrics/auc.ts";
export { calibrationError, logLoss, reliabilityBins } from "./metrics/calibration-error.ts";
export { accuracy, confusionOf, quadraticWeightedKappa, sensitivityAndSpecificity } from "./metrics/confusion.ts";
export { deferralCurve, riskCoverageCurve, rocCurve } from "./metrics/curves.ts";
export { bootstrap, type Figure, wilson } from "./metrics/intervals.ts";
export { combine, labelOf, type Opinion, opinionOf, scoresOf } from "./opinion.ts";
export { logit } from "./probability.ts";
export { certifiedSteps, thresholdsOf } from "./safer-band.ts";
export { gainOf, gainTable, nextPrice } from "./second-look-price.ts";
export { binomialCdf, upperBound } from "./statistics.ts";
