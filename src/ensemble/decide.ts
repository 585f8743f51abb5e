import type { Gradability, Outcome, Reason, Strategy } from "../contracts/decision.ts";
import type { Band, ReaderKind } from "../contracts/pack.ts";
import type { InstalledBand } from "../contracts/programme.ts";

type Thresholds = Pick<Band, "lo" | "hi" | "a" | "b"> & Pick<InstalledBand, "override">;

/** What stands in place of a decision while the second look is missing, or when it never came. */
export type MissingLook = Extract<Reason, `second-look-${string}`>;

/** Everything the first look knows; probabilities are of any positive label, calibrated, [0, 1]. */
export interface FirstLook {
  readonly strategy: Strategy;
  readonly fast: number | undefined;
  readonly gradability: Gradability;
  /** The image is unlike what the pack was trained on. */
  readonly outOfDomain: boolean;
}

export interface SecondLook extends FirstLook {
  /** What the strategy makes of both readers. */
  readonly combined: number;
}

/** The part of a decision that follows from probabilities alone. */
export interface Verdict {
  readonly outcome: Outcome;
  /** Probability of any positive label that the outcome rests on. */
  readonly probability: number;
  readonly stage: ReaderKind;
  readonly escalated: boolean;
  readonly reason: Reason;
}

const side = (probability: number, low: number, high: number): Outcome => {
  if (probability <= low) return "negative";
  return probability >= high ? "positive" : "person";
};

/** A reader can be so sure that its probability is exactly 0 or 1. */
const leavesNobody = ({ lo, hi }: Thresholds): boolean => lo === 0 && hi === 1;

/**
 * A picture that cannot be graded, or is not of the trained kind, is decided by a person, whatever a reader says.
 * An automatic answer on it would be a guess that looks like a finding.
 */
const safe = (outcome: Outcome, reason: Reason, look: FirstLook): Pick<Verdict, "outcome" | "reason"> => {
  if (look.gradability === "ungradable") return { outcome: "person", reason: "ungradable" };
  if (look.outOfDomain) return { outcome: "person", reason: "out-of-domain" };
  return { outcome, reason };
};

/**
 * After the fast reader: the verdict, or undefined when the fine reader must read too.
 * Only a clear picture of the trained kind may leave here.
 */
export function decideFirst(look: FirstLook, band: Thresholds): Verdict | undefined {
  const { fast } = look;
  if (fast === undefined) return undefined;
  const outcome = band.override?.step === 0 && leavesNobody(band) ? "person" : side(fast, band.lo, band.hi);
  if (look.strategy === "fast")
    return {
      ...safe(outcome, outcome === "person" ? "fast-uncertain" : "fast-confident", look),
      probability: fast,
      stage: "fast",
      escalated: false,
    };
  if (look.strategy !== "cascade" || outcome === "person" || look.gradability !== "gradable" || look.outOfDomain)
    return undefined;
  return { outcome, probability: fast, stage: "fast", escalated: false, reason: "fast-confident" };
}

/** After the fine reader: always a verdict. */
export function decideSecond(look: SecondLook, band: Thresholds): Verdict {
  const probability = look.combined;
  const outcome = band.override?.step === 0 ? "person" : side(probability, band.a, band.b);
  const uncertain = outcome === "person";
  const reason: Reason =
    look.strategy === "mean"
      ? uncertain
        ? "mean-uncertain"
        : "mean-confident"
      : uncertain
        ? "fine-uncertain"
        : "fine-confident";
  return { ...safe(outcome, reason, look), probability, stage: "fine", escalated: look.strategy === "cascade" };
}

/**
 * After the fast reader, when the fine one must read and cannot: a person has it, whatever the fast reader says.
 * @param look a first look that `decideFirst` did not let leave
 */
export function withoutSecond({ fast }: { readonly fast: number }, reason: MissingLook): Verdict {
  return { outcome: "person", probability: fast, stage: "fast", escalated: true, reason };
}

/** Whether nothing of the fine reader is in a decision that needed it. */
export const isMissingLook = (reason: Reason): reason is MissingLook => reason.startsWith("second-look-");
