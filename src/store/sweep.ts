import type { HeldLease } from "../contracts/index.ts";
import type { DatabaseRecords } from "./database-records.ts";
import type { KeptObjects } from "./kept-objects.ts";

/** A case is decided within minutes; an image without a record after this long belongs to a post that failed. */
export const orphanAgeMs = 3_600_000;

export interface Swept {
  /** Images whose time was over. */
  readonly expired: number;
  /** Images that no record names. */
  readonly orphans: number;
}

/**
 * Deletes images past their time and images that no record names. The record goes first: what is interrupted here
 * leaves an orphan, which the next sweep takes. Ends when the lease is over: records are guarded by its fence, and an
 * image that was touched within the hour is nobody's to delete, whoever believes to hold what.
 */
export async function sweep(
  records: DatabaseRecords,
  objects: Pick<KeptObjects, "untouched" | "removeUntouched">,
  lease: HeldLease,
): Promise<Swept> {
  // An image that was put again a moment ago belongs to a new case: its record comes back with that case.
  const remove = (name: string) => lease.held() && objects.removeUntouched(name, orphanAgeMs);
  let [expired, orphans] = [0, 0];
  for (let due = await records.expire(lease); due !== undefined && due.length > 0; due = await records.expire(lease))
    for (const name of due) if (await remove(name)) expired++;
  for await (const names of objects.untouched(orphanAgeMs)) {
    const known = new Set(await records.knownObjects(names));
    for (const name of names) if (!known.has(name) && (await remove(name))) orphans++;
    if (!lease.held()) break;
  }
  return { expired, orphans };
}
