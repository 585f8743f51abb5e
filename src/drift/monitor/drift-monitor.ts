import type { Stratum } from "../../contracts/drift.ts";
import { AuditPolicy, type AuditPolicyState, type AuditRates } from "../audit/probability.ts";
import { type Alarm, DetectorGroup, type GroupState } from "../engine/detector-group.ts";
import { GroupVotes, type GroupVotesState } from "../engine/group-votes.ts";
import { type Audited, calibrationGap, weightedLoss } from "../streams/audited.ts";
import { EmbeddingMonitor, type EmbeddingMonitorState } from "../streams/embedding-monitor.ts";
import { ScoreShift } from "../streams/score-shift.ts";
import { shareVotes, sideOf } from "../streams/shares.ts";
import { type DriftReference, driftPlan, type HarmStream, type LookStream } from "./plan.ts";

/** A case when the readers are done with it. */
export interface ReadCase {
  /** Patient, else cluster of look-alikes. */
  readonly group: string;
  readonly stratum: Stratum;
  /** It was decided with a safer band than the pack's own: that it was escalated says nothing of its picture then. */
  readonly isSafer?: boolean;
  readonly fastLogOdds: number;
  /** Where the picture lies in the reference's coordinates; needed when the reference has any. */
  readonly embedding?: ArrayLike<number>;
  /** Whether the fine reader contradicts the fast one; undefined when it was not asked. */
  readonly disagrees: boolean | undefined;
}

/** What a human label says about the decision of a case. */
export interface Judgement {
  readonly positive: boolean;
  /** The calibrated probability that the decision rested on. */
  readonly claimed: number;
  /** The automatic decision was wrong; a case that went to a person was not. */
  readonly wrong: boolean;
}

/** A case whose human coin has fallen and, if it was chosen, whose label is there. In the order of the coins. */
export interface SettledCase extends Audited<Judgement> {
  readonly group: string;
}

/** All that a monitor remembers, as JSON of at most 64 KB. */
export interface DriftState {
  readonly reference: string;
  readonly look: GroupState<LookStream>;
  readonly harm: GroupState<HarmStream>;
  readonly embedding: EmbeddingMonitorState | null;
  readonly policy: AuditPolicyState;
  readonly readVotes: GroupVotesState;
  readonly settledVotes: GroupVotesState;
}

/**
 * Watches one release. Two groups of streams with one promise each: looks (at most one false alarm in 10,000 cases on
 * average) and harm (in 50,000). After a release a new monitor is made from the new reference.
 */
export class DriftMonitor {
  readonly #reference: DriftReference;
  readonly #look: DetectorGroup<LookStream>;
  readonly #harm: DetectorGroup<HarmStream>;
  readonly #embedding: EmbeddingMonitor | undefined;
  readonly #score: ScoreShift;
  readonly #policy: AuditPolicy;
  readonly #readVotes: GroupVotes;
  readonly #settledVotes: GroupVotes;

  /** @throws {RangeError} on a state that was made with another reference */
  constructor(reference: DriftReference, rates: AuditRates, state?: DriftState) {
    if (state !== undefined && state.reference !== reference.id)
      throw new RangeError(`the saved state is of reference ${state.reference}, not of ${reference.id}`);
    const plan = driftPlan(reference, rates);
    this.#reference = reference;
    this.#look = new DetectorGroup(plan.look, state?.look);
    this.#harm = new DetectorGroup(plan.harm, state?.harm);
    this.#score = new ScoreShift(reference.fastLogOdds);
    this.#policy = new AuditPolicy(rates, state?.policy);
    this.#readVotes = new GroupVotes(plan.windowCases, state?.readVotes);
    this.#settledVotes = new GroupVotes(plan.windowCases, state?.settledVotes);
    if (reference.embedding !== undefined)
      this.#embedding = new EmbeddingMonitor(reference.embedding, state?.embedding ?? undefined);
  }

  /** Audit probabilities of the next case, to be logged with it before anybody judges it. */
  nextAudit(stratum: Stratum): { readonly fine: number; readonly human: number } {
    return this.#policy.next(stratum);
  }

  /**
   * Takes one case that was read. After a look alarm audits are five times as frequent for 2000 cases.
   *
   * @returns alarms that this case raised
   * @throws {RangeError} on values that no reader can have given; then nothing was taken
   */
  update(one: ReadCase): readonly Alarm[] {
    const { stratum, disagrees, fastLogOdds } = one;
    const place = this.#placeOf(one);
    const score = this.#score.vote(fastLogOdds);
    const { "poor-picture": poor, ...shares } = shareVotes(sideOf(fastLogOdds, this.#reference.band), stratum);
    const vote = disagrees === undefined ? undefined : Number(disagrees);
    const of = (wanted: Stratum): number | undefined => (stratum === wanted ? vote : undefined);
    const admitted = this.#readVotes.admits(one.group);
    this.#readVotes.count(one.group);
    if (!admitted) return [];
    const look = this.#look.update({
      ...(place && this.#embedding?.update(place)),
      ...shares,
      ...(one.isSafer !== true && { "poor-picture": poor }),
      score,
      "band-disagreement": of("band"),
    });
    const harm = this.#harm.update({
      "disagreement-negative": of("fast-negative"),
      "disagreement-positive": of("fast-positive"),
    });
    if (look !== undefined) this.#policy.boost();
    return [look, harm].filter((alarm) => alarm !== undefined);
  }

  /** @throws {RangeError} on a place that is none, or a missing one */
  #placeOf({ embedding }: ReadCase): ArrayLike<number> | undefined {
    if (this.#embedding === undefined) return undefined;
    if (embedding === undefined) throw new RangeError("the case has no embedding");
    this.#embedding.refuse(embedding);
    return embedding;
  }

  /**
   * Takes one case that was settled: spared by the human coin, or labelled. A case that waits for its label holds up
   * those after it, because cases without an error would otherwise always come first.
   *
   * @returns alarms that this case raised
   * @throws {RangeError} on a probability or a claim that is none
   */
  settle(one: SettledCase): readonly Alarm[] {
    const { probability, judgement } = one;
    const error = weightedLoss({
      probability,
      judgement: judgement === undefined ? undefined : Number(judgement.wrong),
    });
    const gap = calibrationGap({ probability, judgement });
    const votes = { error, "probability-too-low": gap.tooLow, "probability-too-high": gap.tooHigh };
    const alarm = this.#settledVotes.admits(one.group) ? this.#harm.update(votes) : undefined;
    this.#settledVotes.count(one.group);
    return alarm === undefined ? [] : [alarm];
  }

  /** Evidence of every stream beside its group's threshold. */
  get groups(): readonly Pick<DetectorGroup<string>, "id" | "threshold" | "value" | "streams" | "alarm">[] {
    return [this.#look, this.#harm];
  }

  /** When an incident was closed without a release. */
  restart(group: "look" | "harm"): void {
    if (group === "look") {
      this.#look.restart();
      this.#embedding?.restart();
    } else this.#harm.restart();
  }

  save(): DriftState {
    return {
      reference: this.#reference.id,
      look: this.#look.save(),
      harm: this.#harm.save(),
      embedding: this.#embedding?.save() ?? null,
      policy: this.#policy.save(),
      readVotes: this.#readVotes.save(),
      settledVotes: this.#settledVotes.save(),
    };
  }
}
