import type { BandOverride, Incident } from "../../contracts/index.ts";
import type { AuditRates } from "../audit/probability.ts";
import type { CanaryState } from "../gate/canary.ts";
import type { HoldoutUse } from "../gate/holdout-use.ts";
import { defaultShadowLimits, type ShadowLimits } from "../gate/shadow.ts";
import { DriftMonitor, type DriftState } from "../monitor/drift-monitor.ts";
import type { DriftReference } from "../monitor/plan.ts";
import { noRetraining, type RetrainState } from "../retrain/start.ts";
import { AuditedRisk, type AuditedRiskState } from "../risk/audited-risk.ts";
import type { RecentCase } from "./telling.ts";

/** The release that serves, as the loop needs to know it. */
export interface Watched {
  readonly programme: string;
  /** Digest of the release. */
  readonly release: string;
  /** Digests of its readers: cases of another release are none of its. */
  readonly fast: string;
  readonly fine: string;
  readonly reference: DriftReference;
  readonly rates: AuditRates;
  /** Certified settings of its band; 0: it has no certificate. */
  readonly steps: number;
}

/** What an operator may have another opinion on. */
export interface LoopRules {
  /** Days until the next planned training. */
  readonly daysToNext: number;
  /** Errors that one training is worth. */
  readonly errorsPerTraining: number;
  readonly shadow: ShadowLimits;
  readonly shadowDaysMax: number;
  /** Judged cases of both in each stage of the canary. */
  readonly canaryPairsMin: number;
  readonly canaryDaysMax: number;
}

export const defaultRules: LoopRules = {
  daysToNext: 30,
  errorsPerTraining: 10,
  shadow: defaultShadowLimits,
  shadowDaysMax: 14,
  canaryPairsMin: 25,
  canaryDaysMax: 60,
};

/** Cases that were mirrored to a candidate. */
export interface ShadowCounts {
  readonly mirrored: number;
  readonly failed: number;
  readonly differing: number;
  /** Of the fast reader, ms, of the cases that both read. */
  readonly championMs: readonly number[];
  readonly candidateMs: readonly number[];
}

/** A harm alarm in work. Its incident is in one of the states before the end. */
export interface HarmInWork {
  readonly incident: Incident;
  /** Cases of the alarmed region, most telling first. */
  readonly region: readonly string[];
  /** Of these the incident shows from here on: those before are labelled. */
  readonly shownFrom: number;
  /** Stream whose region it is. */
  readonly stream: string;
  /** Labels of people say so, not only disagreement of the readers. */
  readonly confirmed: boolean;
  /** Share of wrong decisions since the change, as it was when the alarm came. */
  readonly riskAtAlarm: number;
  /** When the step began, RFC 3339. */
  readonly stepAt: string;
  /** Steps whose action was performed. */
  readonly done: readonly string[];
  readonly candidate?: string;
  readonly shadow?: ShadowCounts;
  readonly canary?: CanaryState;
}

/** A release that must not be tried any more. */
export interface Retiring {
  readonly id: string;
  readonly release: string;
  readonly why: string;
}

/** A case that was found wrong: its place among the settled ones, and the weight that undoes its selection. */
export interface FoundWrong {
  readonly place: number;
  readonly weight: number;
}

/** All that the loop of one programme remembers, as JSON. */
export interface LoopState {
  readonly format: 1;
  readonly release: string;
  /** When this release began to be watched, RFC 3339. */
  readonly since: string;
  readonly monitor: DriftState;
  readonly risk: AuditedRiskState;
  readonly cursors: { readonly read: number; readonly settled: number };
  readonly readCases: number;
  readonly settledCases: number;
  /** Cases that the monitor could not take, e.g. without the embedding that it needs. */
  readonly unusable: number;
  readonly recent: readonly RecentCase[];
  readonly wrong: readonly FoundWrong[];
  readonly retrain: RetrainState;
  /** Labels from then on count for the next training, RFC 3339. */
  readonly labelsSince: string;
  readonly holdout: HoldoutUse | null;
  readonly safer: BandOverride | null;
  readonly look: Incident | null;
  readonly harm: HarmInWork | null;
  readonly retiring: readonly Retiring[];
  /** Promoted, and answering all groups until it is the one that serves. */
  readonly arriving: { readonly release: string; readonly incident: string } | null;
}

/** The beginning: nothing was seen. */
export function firstState(watched: Watched, at: string): LoopState {
  return {
    format: 1,
    ...unseen(watched, at),
    cursors: { read: 0, settled: 0 },
    retrain: noRetraining,
    labelsSince: at,
    holdout: null,
    look: null,
    harm: null,
    retiring: [],
    arriving: null,
  };
}

/** What a new release begins with, whatever was held against the one before. */
export function unseen(watched: Watched, at: string) {
  return {
    release: watched.release,
    since: at,
    monitor: new DriftMonitor(watched.reference, watched.rates).save(),
    risk: new AuditedRisk(riskPlan(watched)).save(),
    readCases: 0,
    settledCases: 0,
    unusable: 0,
    recent: [],
    wrong: [],
    safer: null,
  } satisfies Partial<LoopState>;
}

export const riskPlan = ({ rates }: Watched) => ({
  probabilityMin: Math.min(...Object.values(rates.human)),
  confidence: 0.95,
});
