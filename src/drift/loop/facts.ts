import type { ReadEvent, SettledEvent } from "../../contracts/index.ts";
import type { CanaryPair } from "../gate/canary.ts";
import type { GatePair, GateQuestion } from "../gate/promotion-gate.ts";

/** One case as a candidate read it that is not heard. */
export type Mirrored =
  | { readonly failed: true }
  | {
      readonly failed: false;
      /** Its decision is another than the champion's. */
      readonly differs: boolean;
      /** Of the fast reader, ms. */
      readonly championMs: number;
      readonly candidateMs: number;
    };

/** Something that became known, from outside of the loop. */
export type Fact =
  | { readonly kind: "read"; readonly cases: readonly ReadEvent[]; readonly mirrored?: readonly Mirrored[] }
  | { readonly kind: "settled"; readonly cases: readonly SettledEvent[]; readonly pairs?: readonly CanaryPair[] }
  | {
      readonly kind: "labels";
      /** Since `labelsSince`. */
      readonly total: number;
      readonly ofRegion: number;
      /** Of the cases that the incident shows. */
      readonly ofShown: number;
    }
  | ({ readonly action: string } & ActionOutcome)
  /** Time has passed. */
  | { readonly kind: "time" };

/** What came of an action; an outcome of an action that is no longer due changes nothing. */
export type ActionOutcome =
  | { readonly kind: "trained"; readonly candidate: string; readonly evidence: Readonly<Record<string, unknown>> }
  | { readonly kind: "not-trained"; readonly why: string }
  | {
      readonly kind: "compared";
      /** G0: why the candidate must not be judged at all. */
      readonly faults: readonly string[];
      readonly pairs: readonly GatePair[];
      readonly selection: GateQuestion["selection"];
      /** Digest of the list of images. */
      readonly holdout: string;
    }
  | { readonly kind: "done" }
  /** Whatever is tried again cannot be done. */
  | { readonly kind: "impossible"; readonly why: string };

/**
 * What the loop wants to be done outside. Whoever does it twice under one id does it once: the first outcome is found
 * again.
 */
export type Action = { readonly id: string; readonly incident: string } & (
  | { readonly kind: "train"; readonly region: readonly string[] }
  | { readonly kind: "compare"; readonly candidate: string; readonly region: readonly string[] }
  /** Registry: candidate to shadow, shadow to active, anything to retired. */
  | { readonly kind: "shadow" | "activate" | "retire"; readonly candidate: string; readonly why: string }
);
