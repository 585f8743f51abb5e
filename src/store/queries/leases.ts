import { type Kysely, sql, type Transaction } from "kysely";
import { gatewayLeases, type Lease, type StandingLease } from "../../contracts/leases.ts";
import type { LeaseCalls } from "../lease-messages.ts";
import type { Schema } from "../schema.ts";

/** Time is the database's at the moment, not that of the transaction's begin. */
const clock = sql<Date>`clock_timestamp()`;
const after = (ms: number) => sql<Date>`clock_timestamp() + make_interval(secs => ${ms / 1000}::float8)`;

export async function takeLease(
  db: Kysely<Schema>,
  { name, holder, leaseMs }: LeaseCalls["takeLease"]["asked"],
): Promise<Lease | undefined> {
  const { rows } = await sql<{ token: string | number }>`
    insert into leases (name, holder, token, expires_at) values (${name}, ${holder}, 1, ${after(leaseMs)})
    on conflict (name) do update set
      holder = excluded.holder, token = leases.token + 1, expires_at = ${after(leaseMs)}
      where leases.expires_at <= ${clock}
    returning token`.execute(db);
  const token = rows[0]?.token;
  return token === undefined ? undefined : { name, token: Number(token) };
}

export async function renewLease(
  db: Kysely<Schema>,
  { lease: { name, token }, leaseMs }: LeaseCalls["renewLease"]["asked"],
): Promise<boolean> {
  const { numAffectedRows } = await sql`update leases set expires_at = ${after(leaseMs)}
    where name = ${name} and token = ${token} and expires_at > ${clock}`.execute(db);
  return Number(numAffectedRows ?? 0) === 1;
}

export async function releaseLease(db: Kysely<Schema>, { name, token }: Lease): Promise<undefined> {
  await sql`update leases set expires_at = ${clock} where name = ${name} and token = ${token}
    and expires_at > ${clock}`.execute(db);
  return undefined;
}

export async function standingLeases(db: Kysely<Schema>): Promise<StandingLease[]> {
  const { rows } = await sql<{ name: string; holder: string; token: string | number; left_ms: number }>`
    select name, holder, token, extract(epoch from expires_at - clock_timestamp())::float8 * 1000 as left_ms
    from leases where expires_at > ${clock} order by name`.execute(db);
  return rows.map(({ name, holder, token, left_ms }) => ({ name, holder, token: Number(token), leftMs: left_ms }));
}

/**
 * Whether the lease is still held. Its row stays locked until the commit, so that nobody can take it before what is
 * written under it stands: a holder that was away and comes back finds out here.
 */
export async function isLeased(tx: Transaction<Schema>, { name, token }: Lease): Promise<boolean> {
  const { rows } = await sql`select 1 from leases where name = ${name} and token = ${token}
    and expires_at > ${clock} for share`.execute(tx);
  return rows.length === 1;
}

/** Names of gateways are not used again; whoever is gone for so long is not counted by anybody. */
const goneMinutes = 10;

/** Beyond this the oldest go before their time; one has about 100 KB. */
const resultsMax = 10_000;

/** @returns how many rows went; undefined when the lease is over */
export function forgetSpent(db: Kysely<Schema>, lease: Lease): Promise<number | undefined> {
  return db.transaction().execute(async (tx) => {
    if (!(await isLeased(tx, lease))) return undefined;
    const results = await sql`delete from kept_results where expires_at <= ${clock}
      or id in (select id from kept_results order by expires_at desc offset ${resultsMax})`.execute(tx);
    const buckets = await sql`delete from token_buckets where full_at <= ${clock}`.execute(tx);
    const gateways = await sql`delete from leases where name like ${`${gatewayLeases}%`}
      and expires_at < clock_timestamp() - make_interval(mins => ${goneMinutes})`.execute(tx);
    return [results, buckets, gateways].reduce((sum, gone) => sum + Number(gone.numAffectedRows ?? 0), 0);
  });
}
