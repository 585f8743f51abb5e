import { createHmac } from "node:crypto";

/** Which look the coin is for: each has a coin of its own, so one does not follow from the other. */
export type AuditKind = "fine" | "human";

export interface CoinKey {
  /** Known to the server alone: whoever could compute the coin could choose cases that are never audited. */
  readonly secret: string;
  /** Changed with the secret or the release; logged with the case. */
  readonly epoch: string;
}

const secretBytesMin = 16;

/**
 * The coin of a case, uniform on [0, 1): the first 52 bits of HMAC-SHA-256. It is a function of the case's id alone, so
 * it cannot depend on the image, the scores or the label, and anyone with the secret can toss it again.
 *
 * @throws {RangeError} on a secret shorter than 16 bytes
 */
export function auditCoin(caseId: string, kind: AuditKind, { secret, epoch }: CoinKey): number {
  if (Buffer.byteLength(secret) < secretBytesMin)
    throw new RangeError(`the secret of the audit coin needs ${secretBytesMin} bytes`);
  const digest = createHmac("sha256", secret)
    .update(JSON.stringify([epoch, kind, caseId]))
    .digest();
  return Number(digest.readBigUInt64BE() >> 12n) / 2 ** 52;
}

/** What is logged with a case when it is taken in, before anyone has judged it. */
export interface LoggedAudit {
  readonly caseId: string;
  readonly kind: AuditKind;
  readonly epoch: string;
  readonly probability: number;
  readonly audited: boolean;
}

/** Tosses the coin: audited when it falls below the probability. */
export function tossAudit(caseId: string, kind: AuditKind, probability: number, key: CoinKey): LoggedAudit {
  const audited = auditCoin(caseId, kind, key) < probability;
  return { caseId, kind, epoch: key.epoch, probability, audited };
}

/** Whether a logged audit is the one that the coin gave. False when it was chosen or changed afterwards. */
export function auditReplays({ caseId, kind, epoch, probability, audited }: LoggedAudit, secret: string): boolean {
  return auditCoin(caseId, kind, { secret, epoch }) < probability === audited;
}
