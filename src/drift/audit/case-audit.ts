import { createHmac } from "node:crypto";
import type { CaseAudit, Stratum } from "../../contracts/drift.ts";
import { tossAudit } from "./coin.ts";
import type { AuditRates } from "./probability.ts";

/** By what cases are chosen just now. */
export interface AuditOrder {
  /** Of the coins. */
  readonly secret: string;
  readonly rates: AuditRates;
  /** Times as many audits as the rates say, as far as there are cases. */
  readonly factor: number;
}

/**
 * Both coins of a case. Who holds the secret can toss them again from what is kept of the case.
 * @throws {RangeError} on a secret shorter than 16 bytes
 */
export function auditCase(caseId: string, stratum: Stratum, order: AuditOrder): CaseAudit {
  const key = { secret: order.secret, epoch: epochOf(order) };
  const toss = (kind: "fine" | "human") => {
    const { probability, audited } = tossAudit(
      caseId,
      kind,
      Math.min(1, order.factor * order.rates[kind][stratum]),
      key,
    );
    return { probability, chosen: audited };
  };
  return { stratum, epoch: key.epoch, fine: toss("fine"), human: toss("human") };
}

/** A short name of secret, rates and factor, from which none of them can be found out. */
const epochOf = ({ secret, rates, factor }: AuditOrder): string =>
  createHmac("sha256", secret)
    .update(JSON.stringify(["epoch", rates, factor]))
    .digest("hex")
    .slice(0, 16);
