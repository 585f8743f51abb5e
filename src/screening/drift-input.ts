import type { CaseRecord, Decision, DriftInput, Programme, Stratum } from "../contracts/index.ts";
import { logit } from "../ensemble/index.ts";
import { groupOf } from "./group-of.ts";
import type { Seen } from "./look.ts";
import type { AuditCoin } from "./screen-request.ts";

/**
 * What the drift monitor is told of a case; undefined for one that it has nothing to compare with. Those are the cases
 * that were not left to the cascade, and pictures that a person decides whatever the readers say.
 */
export async function driftInputOf(
  audits: AuditCoin | undefined,
  { fast, fine, band }: Pick<Programme, "fast" | "fine" | "band">,
  record: CaseRecord,
  { looks, outOfDomain }: Pick<Seen, "looks" | "outOfDomain">,
): Promise<DriftInput | undefined> {
  const { decision } = record;
  const [first, second] = looks.map(({ opinion }) => opinion.positive);
  if (audits === undefined || first === undefined) return undefined;
  if (decision.strategy !== "cascade" || decision.gradability === "ungradable" || outOfDomain) return undefined;
  const place = looks[0]?.place;
  const audit = await audits.toss(record.id, record.programme, stratumOf(decision));
  if (audit === undefined) return undefined;
  return {
    audit,
    group: groupOf(record),
    release: { fast: fast.digest, fine: fine.digest, band: band.digest },
    fastLogOdds: logit(first),
    fastPositive: isPositive(first),
    ...(second !== undefined && { finePositive: isPositive(second) }),
    ...(place !== undefined && { embedding: Float32Array.from(place) }),
  };
}

/** Which side a reader is on at even odds. */
export const isPositive = (probability: number): boolean => probability >= 0.5;

/** Known after the fast reader alone: whatever it does not decide is the band's. */
function stratumOf({ escalated, outcome }: Decision): Stratum {
  if (escalated) return "band";
  return outcome === "positive" ? "fast-positive" : "fast-negative";
}
