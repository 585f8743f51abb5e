import type { Kysely } from "kysely";
import type { Lease } from "../../contracts/index.ts";
import type { Schema } from "../schema.ts";
import { forgetAlerts } from "./alerts.ts";
import { appendAudit } from "./append-audit.ts";
import { letGoOfOld } from "./drift-feed.ts";
import { isLeased } from "./leases.ts";

/** Objects forgotten in one go; the next sweep takes the rest. */
const objectsMax = 500;
/** An event that nobody fetched for this long is forgotten, so that the outbox cannot grow for ever. */
const outboxDays = 30;
const dayMs = 86_400_000;

/** @returns names of objects whose files may go; each has its audit entry. Undefined when the lease is over */
export function expire(
  db: Kysely<Schema>,
  { at, lease }: { readonly at: string; readonly lease: Lease },
): Promise<string[] | undefined> {
  return db.transaction().execute(async (tx) => {
    if (!(await isLeased(tx, lease))) return undefined;
    const now = new Date(at);
    await tx.deleteFrom("idempotency").where("expires_at", "<=", now).execute();
    const stale = new Date(now.getTime() - outboxDays * dayMs);
    await tx.deleteFrom("outbox").where("created_at", "<=", stale).execute();
    await forgetAlerts(tx, now);
    await letGoOfOld(tx, now);
    const due = await tx
      .selectFrom("objects")
      .select("sha256")
      .where("expires_at", "<=", now)
      .where((where) =>
        where.not(
          where.exists(
            where
              .selectFrom("batch_items")
              .select("batch_items.seq")
              .whereRef("batch_items.sha256", "=", "objects.sha256")
              .where("batch_items.state", "<>", "done"),
          ),
        ),
      )
      .orderBy("sha256")
      .limit(objectsMax)
      .forUpdate()
      .execute();
    const names = due.map(({ sha256 }) => sha256);
    if (names.length === 0) return names;
    await tx.deleteFrom("objects").where("sha256", "in", names).execute();
    const origin = { actor: "retention", requestId: `${lease.name}/${lease.token}`, at };
    await appendAudit(
      tx,
      names.map((sha256) => ({ ...origin, action: "image.expired" as const, object: `image/${sha256}` })),
    );
    return names;
  });
}

export async function knownObjects(db: Kysely<Schema>, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const rows = await db
    .selectFrom("objects")
    .select("sha256")
    .where("sha256", "in", [...names])
    .execute();
  // Items of batches whose image is still to be read, or may be read again.
  const waiting = await db
    .selectFrom("batch_items")
    .select("sha256")
    .where("sha256", "in", [...names])
    .where("state", "<>", "done")
    .execute();
  return [...new Set([...rows, ...waiting].flatMap(({ sha256 }) => (sha256 === null ? [] : [sha256])))];
}
