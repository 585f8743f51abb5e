import { createHmac } from "node:crypto";
import type { StreamNull } from "../engine/e-detector.ts";
import { EProcess, type EProcessState } from "../engine/e-process.ts";

/** Percent of the groups that the candidate answers, stage by stage. */
export const canaryStages = [5, 25, 50, 100] as const;
export type CanaryStage = (typeof canaryStages)[number];

/**
 * Whether a group is answered by the candidate. A function of group and release, so a patient sees one model however
 * many images come; who is in at 5 % stays in at 25 %.
 *
 * @param release digest of the candidate: the next one has other groups first
 */
export function inCanary(group: string, release: string, percent: number): boolean {
  const digest = createHmac("sha256", release).update(group).digest();
  return Number(digest.readBigUInt64BE() >> 12n) / 2 ** 52 < percent / 100;
}

/** How both did on an audited case of the canary. */
export interface CanaryPair {
  readonly championWrong: boolean;
  readonly candidateWrong: boolean;
}

const betParts = [0.05, 0.1, 0.2, 0.4, 0.6] as const;
const rollbackAlpha = 0.05;

export interface CanaryState {
  readonly stage: CanaryStage;
  readonly pairsInStage: number;
  readonly rolledBack: boolean;
  readonly evidence: EProcessState;
}

/**
 * G3: d = candidate wrong - champion wrong, W = mean over bets of the product of 1 + lambda (d - h0) / (1 + h0).
 * Rolled back at W >= 20; a candidate that is not worse than h0 on average is rolled back with a probability of at most
 * 5 %, however often one looks. The evidence runs on through the stages: a new stage is no new beginning.
 */
export class Canary {
  readonly #evidence: EProcess;
  #stage: CanaryStage;
  #pairsInStage: number;
  #rolledBack: boolean;

  /** @param allowed h0: how much worse the candidate may be on average, [0, 1) */
  constructor(allowed = 0, state?: CanaryState) {
    this.#evidence = new EProcess(pairNull(allowed), state?.evidence);
    this.#stage = state?.stage ?? canaryStages[0];
    this.#pairsInStage = state?.pairsInStage ?? 0;
    this.#rolledBack = state?.rolledBack ?? false;
  }

  get stage(): CanaryStage {
    return this.#stage;
  }

  get rolledBack(): boolean {
    return this.#rolledBack;
  }

  get evidence(): number {
    return this.#evidence.value;
  }

  /** @returns whether the candidate has to go */
  update({ championWrong, candidateWrong }: CanaryPair): boolean {
    this.#evidence.update(Number(candidateWrong) - Number(championWrong));
    this.#pairsInStage++;
    this.#rolledBack ||= this.#evidence.exceeds(rollbackAlpha);
    return this.#rolledBack;
  }

  /**
   * To the next stage when this one has seen enough pairs and nothing speaks against it.
   * @returns the stage from now on
   */
  advance(pairsMin: number): CanaryStage {
    if (this.#rolledBack || this.#pairsInStage < pairsMin) return this.#stage;
    const next = canaryStages[canaryStages.indexOf(this.#stage) + 1];
    if (next === undefined) return this.#stage;
    this.#stage = next;
    this.#pairsInStage = 0;
    return next;
  }

  save(): CanaryState {
    return {
      stage: this.#stage,
      pairsInStage: this.#pairsInStage,
      rolledBack: this.#rolledBack,
      evidence: this.#evidence.save(),
    };
  }
}

function pairNull(allowed: number): StreamNull {
  if (!(allowed >= 0 && allowed < 1)) throw new RangeError(`${allowed} is not a difference that can be allowed`);
  return { nullMean: allowed, low: -1, high: 1, bets: betParts.map((part) => part / (1 + allowed)) };
}
