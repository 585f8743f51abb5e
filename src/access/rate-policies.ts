import type { Config } from "../platform/index.ts";

/** What is counted by tokens that come back with time. */
export const quotas = ["requests", "bytes", "items"] as const;
export type Quota = (typeof quotas)[number];
/** What is counted while it is open. */
export const opens = ["requests", "sockets"] as const;
export type Open = (typeof opens)[number];

/** A bucket of tokens: so many at once, and so many a second for long. */
export interface Bucket {
  readonly capacity: number;
  readonly perS: number;
}

/** What one caller may do; what is absent has no limit. */
export interface RatePolicy {
  readonly quotas: Readonly<Partial<Record<Quota, Bucket>>>;
  readonly opens: Readonly<Partial<Record<Open, number>>>;
}

export type RateSettings = Pick<
  Config,
  | "RATE_LIMIT_REQUESTS_PER_S"
  | "RATE_LIMIT_BURST"
  | "RATE_LIMIT_BYTES_PER_MIN"
  | "RATE_LIMIT_CONCURRENT"
  | "RATE_LIMIT_SOCKETS"
  | "RATE_LIMIT_BATCH_ITEMS_PER_DAY"
  | "RATE_LIMIT_KEY_FACTOR"
>;

/** Whom a policy is for: whoever has an address, or whoever has a key. */
export const callerKinds = ["address", "key"] as const;
export type CallerKind = (typeof callerKinds)[number];

const minuteS = 60;
const dayS = 86_400;
/** Without a setting: so many seconds' worth of requests may come at once. */
const burstS = 2;

/** @returns undefined where nothing is limited */
export function ratePolicies(settings: RateSettings): Readonly<Record<CallerKind, RatePolicy>> | undefined {
  const policies = { address: policyOf(settings, 1), key: policyOf(settings, settings.RATE_LIMIT_KEY_FACTOR) };
  const limits = [...Object.keys(policies.address.quotas), ...Object.keys(policies.address.opens)];
  return limits.length === 0 ? undefined : policies;
}

function policyOf(settings: RateSettings, times: number): RatePolicy {
  const perS = settings.RATE_LIMIT_REQUESTS_PER_S * times;
  const burst = settings.RATE_LIMIT_BURST === 0 ? perS * burstS : settings.RATE_LIMIT_BURST * times;
  const bytes = settings.RATE_LIMIT_BYTES_PER_MIN * times;
  const items = settings.RATE_LIMIT_BATCH_ITEMS_PER_DAY * times;
  const [requests, sockets] = [settings.RATE_LIMIT_CONCURRENT * times, settings.RATE_LIMIT_SOCKETS * times];
  return {
    quotas: {
      ...(perS > 0 && { requests: { capacity: Math.max(1, Math.ceil(burst)), perS } }),
      ...(bytes > 0 && { bytes: { capacity: bytes, perS: bytes / minuteS } }),
      ...(items > 0 && { items: { capacity: items, perS: items / dayS } }),
    },
    opens: { ...(requests > 0 && { requests }), ...(sockets > 0 && { sockets }) },
  };
}
