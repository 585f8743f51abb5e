import type { Decision, ImageQuality, Programme, Strategy } from "../contracts/index.ts";
import { explanations, isMissingLook, labelOf, type Opinion, type Verdict } from "../ensemble/index.ts";
import { byLabel } from "./reading-of.ts";

/** What a decision is made of. */
export interface Judged {
  readonly verdict: Verdict;
  /** What the verdict rests on. */
  readonly opinion: Opinion;
  readonly strategy: Strategy;
  readonly gradability: Decision["gradability"];
  readonly quality: ImageQuality;
}

/** A decision as it is recorded, with everything that it follows from. */
export function decisionOf(judged: Judged, { manifest, band }: Pick<Programme, "manifest" | "band">): Decision {
  const { verdict, opinion, strategy, gradability, quality } = judged;
  const probabilities = byLabel(opinion, manifest);
  // Who reads only the label must not take a case for harmless that nobody has judged yet.
  const side = isMissingLook(verdict.reason) ? "positive" : verdict.outcome;
  const label = labelOf(opinion, side, manifest, band.cutpoints);
  return {
    outcome: verdict.outcome,
    label,
    probability: probabilities[label] as number,
    probabilities,
    positiveProbability: verdict.probability,
    stage: verdict.stage,
    escalated: verdict.escalated,
    reason: verdict.reason,
    explanation: explanations[verdict.reason],
    strategy,
    band: {
      pack: band.pack,
      lo: band.lo,
      hi: band.hi,
      a: band.a,
      b: band.b,
      fuse: band.fuse,
      target: band.target,
      certificate: band.certificate,
      ...(band.override && { override: band.override }),
    },
    gradability,
    quality,
  };
}
