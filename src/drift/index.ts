export { auditCase } from "./audit/case-audit.ts";
export { auditCoin, auditReplays, tossAudit } from "./audit/coin.ts";
export { defaultAuditRates } from "./audit/probability.ts";
export { Adwin } from "./comparators/adwin.ts";
export { alwaysAlarm, neverAlarm } from "./comparators/comparator.ts";
export { DriftDetectionMethod } from "./comparators/ddm.ts";
export { PageHinkley } from "./comparators/page-hinkley.ts";
export type { Alarm } from "./engine/detector-group.ts";
export { EDetector } from "./engine/e-detector.ts";
export { EProcess } from "./engine/e-process.ts";
export { knownRateNull, rateNull } from "./engine/reference.ts";
export { Canary, type CanaryPair, canaryStages, inCanary } from "./gate/canary.ts";
export { holdoutUsesMax } from "./gate/holdout-use.ts";
export { type GatePair, type GateQuestion, judgeCandidate } from "./gate/promotion-gate.ts";
export { judgeShadow } from "./gate/shadow.ts";
export { notInferior } from "./gate/tango.ts";
export { embeddingStream } from "./generators/embeddings.ts";
export { selectionStream } from "./generators/selection.ts";
export { eventStream } from "./generators/streams.ts";
export { twinLogitStream } from "./generators/twin-logit.ts";
export { advance } from "./loop/advance.ts";
export { dueActions, servedOf } from "./loop/due.ts";
export type { Action, ActionOutcome, Fact, Mirrored } from "./loop/facts.ts";
export { reportOf } from "./loop/report.ts";
export { defaultRules, type LoopRules, type LoopState, type Watched } from "./loop/state.ts";
export { DriftMonitor } from "./monitor/drift-monitor.ts";
export type { DriftReference, HarmStream } from "./monitor/plan.ts";
export { harmOf, widenedStep } from "./retrain/harm.ts";
export { type LabelSource, modelAnswerShown, nextLabelSource, type SourceCounts } from "./retrain/label-queue.ts";
export {
  decideRetrain,
  endRetrain,
  noRetraining,
  type RetrainFacts,
  requestRetrain,
} from "./retrain/start.ts";
export { humanWeight, labelSplit, teacherLabels, teacherThreshold } from "./retrain/training-data.ts";
export { AuditedRisk } from "./risk/audited-risk.ts";
export { EmbeddingMonitor, embeddingNulls } from "./streams/embedding-monitor.ts";
export { sideOf } from "./streams/shares.ts";
