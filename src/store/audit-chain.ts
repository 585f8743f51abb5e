import { createHash } from "node:crypto";
import type { AuditEvent } from "../contracts/index.ts";

/** What the first entry is chained to. */
export const firstHash = "0".repeat(64);

export interface ChainedEvent extends AuditEvent {
  /** 1, 2, 3 … without a gap. */
  readonly seq: number;
  /** RFC 3339 in UTC with milliseconds. Order is by `seq`: clocks step. */
  readonly at: string;
}

/**
 * SHA-256 over the hash before and this entry as a JSON array, so that no entry can be altered, removed or put elsewhere
 * without every later hash changing.
 */
export function chainHash(previous: string, { seq, at, actor, action, object, requestId }: ChainedEvent): string {
  const entry = JSON.stringify([seq, at, actor, action, object, requestId]);
  return createHash("sha256").update(`${previous}\n${entry}`).digest("hex");
}
