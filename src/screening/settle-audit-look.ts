import type { AuditLookStore, LeasedAuditLook } from "../contracts/index.ts";
import type { Log } from "../platform/index.ts";
import { isPositive } from "./drift-input.ts";
import { type ReadAgainDeps, readAgain } from "./read-again.ts";
import { readingOf } from "./reading-of.ts";
import { type KnownReleases, releaseOf } from "./release-of.ts";
import { pauseOf, type Settlement, settleOrGiveBack, whyNever } from "./settlement.ts";

export interface AuditLookDeps extends ReadAgainDeps {
  readonly store: AuditLookStore;
  readonly releases: KnownReleases;
  readonly log: Log;
}

/** One leased look to its answer, or back to where it came from. The case stays as it was decided. Never rejects. */
export function settleAuditLook(deps: AuditLookDeps, held: LeasedAuditLook, signal: AbortSignal): Promise<Settlement> {
  const steps = {
    find: () => finePositiveOf(deps, held, signal),
    write: (finePositive: boolean | undefined) => write(deps, held, finePositive),
    // A reader that cannot be had now must not keep those of other programmes waiting behind this one.
    giveBack: () => deps.store.releaseAuditLook(held, pauseOf(held)),
  };
  return settleOrGiveBack(held, steps, deps.log);
}

/** Undefined when nobody will ever know. @throws what passes */
async function finePositiveOf(
  deps: AuditLookDeps,
  held: LeasedAuditLook,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const { releases, log } = deps;
  const programme = releases.byFine().get(held.release.fine);
  if (held.age >= 1 || programme === undefined) return undefined;
  try {
    // Nobody waits for it: it never overtakes a case that somebody waits for.
    const result = await readAgain(deps, held.record, programme.fine.digest, "bulk", signal);
    return isPositive(readingOf(result, programme.fine, programme.manifest).opinion.positive);
  } catch (error) {
    whyNever(error, held, { isServed: releases.isServed(releaseOf(programme)), log });
    return undefined;
  }
}

async function write(
  { store, metrics }: AuditLookDeps,
  held: LeasedAuditLook,
  finePositive: boolean | undefined,
): Promise<"read" | "settled"> {
  const isRead = finePositive !== undefined;
  if (await store.settleAuditLook(held, finePositive))
    metrics.auditLooks.inc({ programme: held.record.programme, result: isRead ? "read" : "given-up" });
  return isRead ? "read" : "settled";
}
