import { type Kysely, sql } from "kysely";
import { type DrawnTokens, gatewayLeases, type TokenDraw } from "../../contracts/leases.ts";
import { inTransaction } from "../connection-loss.ts";
import type { LeaseCalls } from "../lease-messages.ts";
import type { Schema } from "../schema.ts";

/** A bucket as it was, and the seconds since. */
interface Row {
  readonly name: string;
  readonly tokens: number;
  readonly idle_s: number;
}

/** Rows are locked in one order, so that two gateways that draw at once cannot wait for each other. */
export function drawTokens(
  db: Kysely<Schema>,
  draws: LeaseCalls["drawTokens"]["asked"],
): Promise<LeaseCalls["drawTokens"]["answer"]> {
  return inTransaction(db, async (tx) => {
    const sorted = [...draws].sort((a, b) => (a.bucket < b.bucket ? -1 : 1));
    if (sorted.length > 0) {
      const fresh = sql.join(
        sorted.map(
          ({ bucket, capacity }) => sql`(${bucket}::text, ${capacity}::float8, clock_timestamp(), clock_timestamp())`,
        ),
      );
      await sql`insert into token_buckets (name, tokens, at, full_at) values ${fresh}
        on conflict (name) do nothing`.execute(tx);
    }
    const names = sql.join(sorted.map(({ bucket }) => sql`${bucket}::text`));
    const { rows } =
      sorted.length === 0
        ? { rows: [] }
        : await sql<Row>`select name, tokens, extract(epoch from clock_timestamp() - at)::float8 as idle_s
            from token_buckets where name in (${names}) order by name for update`.execute(tx);
    const standing = new Map(rows.map((row) => [row.name, row]));
    const drawn = new Map(sorted.map((draw) => [draw.bucket, drawOne(draw, standing.get(draw.bucket))]));
    const changes = sorted.map((draw) => {
      const { left } = drawn.get(draw.bucket) as DrawnTokens;
      const fullS = (draw.capacity - left) / draw.perS;
      return sql`(${draw.bucket}::text, ${left}::float8, ${fullS}::float8)`;
    });
    if (changes.length > 0)
      await sql`update token_buckets set tokens = now_is.tokens, at = clock_timestamp(),
          full_at = clock_timestamp() + make_interval(secs => now_is.full_s)
        from (values ${sql.join(changes)}) as now_is (name, tokens, full_s)
        where token_buckets.name = now_is.name`.execute(tx);
    const counted = await sql<{ count: string | number }>`select count(*) as count from leases
      where name like ${`${gatewayLeases}%`} and expires_at > clock_timestamp()`.execute(tx);
    return {
      drawn: draws.map(({ bucket }) => drawn.get(bucket) as DrawnTokens),
      gateways: Math.max(1, Number(counted.rows[0]?.count ?? 1)),
    };
  });
}

/** What is owed goes first, also where it is not there; then as much as is there of what is wanted. */
function drawOne({ capacity, perS, owed, wanted }: TokenDraw, row: Row | undefined): DrawnTokens {
  const { tokens, idle_s: idleS } = row ?? { tokens: capacity, idle_s: 0 };
  // A clock of the database that was set back fills nothing.
  const there = Math.min(capacity, tokens + perS * Math.max(0, idleS)) - owed;
  const granted = Math.max(0, Math.min(wanted, there));
  return { granted, left: there - granted };
}
