import { createHmac } from "node:crypto";
import { Problem, type TokenPool } from "../contracts/index.ts";
import type { Clock } from "../platform/index.ts";
import { type CallerKind, callerKinds, type Open, type Quota, type RatePolicy } from "./rate-policies.ts";
import { OwnBucket, SharedBucket, SharedPool } from "./shared-bucket.ts";

/** Callers that are remembered, of each kind; whoever was not heard of for longest is forgotten, with what was counted. */
export const callersMax = 10_000;

export interface RateLimiterDeps {
  readonly policies: Readonly<Record<CallerKind, RatePolicy>>;
  readonly clock: Clock;
  /** Shared by all gateways on one database; absent where there is one alone. */
  readonly pool?: TokenPool | undefined;
  /** Names buckets there, so that nobody reads from a row who it is of. The same at all gateways. */
  readonly secret: string;
}

/** How a caller stands with its requests, for the headers of an answer. */
export interface RateStanding {
  readonly kind: CallerKind;
  /** Most at once. */
  readonly capacity: number;
  /** Seconds in which an empty bucket fills. */
  readonly windowS: number;
  readonly left: number;
  /** Seconds until it is full. */
  readonly resetS: number;
}

/**
 * What each caller has left. Counting costs no question to anybody on the path of a request, but where this gateway holds
 * no tokens of that caller yet.
 */
export class RateLimiter {
  readonly #callers: Readonly<Record<CallerKind, Map<string, Caller>>> = { address: new Map(), key: new Map() };
  readonly #deps: RateLimiterDeps;
  readonly #pool: SharedPool | undefined;

  constructor(deps: RateLimiterDeps) {
    this.#deps = deps;
    this.#pool = deps.pool && new SharedPool(deps.pool, deps.clock);
  }

  /** Callers that are remembered. */
  get callers(): number {
    return callerKinds.reduce((sum, kind) => sum + this.#callers[kind].size, 0);
  }

  caller(kind: CallerKind, name: string): Caller {
    const known = this.#callers[kind];
    const caller = known.get(name) ?? this.#made(kind, name);
    // The order of the map is the order in which they were heard of.
    known.delete(name);
    known.set(name, caller);
    if (known.size > callersMax) this.#forgetOne(known);
    return caller;
  }

  #made(kind: CallerKind, name: string): Caller {
    const { policies, clock, secret } = this.#deps;
    const pool = this.#pool;
    const { quotas } = policies[kind];
    const buckets = new Map<Quota, OwnBucket | SharedBucket>();
    for (const [quota, bucket] of Object.entries(quotas) as [Quota, (typeof quotas)["items"] & object][]) {
      const digest = createHmac("sha256", secret).update(`${quota}\n${kind}\n${name}`).digest("base64url");
      buckets.set(
        quota,
        pool === undefined ? new OwnBucket(bucket, clock) : new SharedBucket(digest, bucket, pool, clock),
      );
    }
    return new Caller(kind, policies[kind], buckets, () => pool?.gateways ?? 1);
  }

  #forgetOne(known: Map<string, Caller>): void {
    for (const [name, caller] of known) {
      // What is open would never be counted down.
      if (caller.isBusy) continue;
      known.delete(name);
      return;
    }
  }
}

/** One caller as this gateway knows it. */
export class Caller {
  readonly #kind: CallerKind;
  readonly #policy: RatePolicy;
  readonly #buckets: ReadonlyMap<Quota, OwnBucket | SharedBucket>;
  readonly #gateways: () => number;
  readonly #open: Record<Open, number> = { requests: 0, sockets: 0 };

  constructor(
    kind: CallerKind,
    policy: RatePolicy,
    buckets: ReadonlyMap<Quota, OwnBucket | SharedBucket>,
    gateways: () => number,
  ) {
    this.#kind = kind;
    this.#policy = policy;
    this.#buckets = buckets;
    this.#gateways = gateways;
  }

  get isBusy(): boolean {
    return this.#open.requests + this.#open.sockets > 0;
  }

  /**
   * Spends, where at least one is left: what goes over is owed, and waited for.
   * @throws {Problem} rate-limited; a promise only where other gateways must be asked first
   */
  spend(quota: Quota, tokens: number): void | Promise<void> {
    const bucket = this.#buckets.get(quota);
    if (bucket === undefined) return undefined;
    const taken = bucket.take(tokens);
    if (taken === true) return undefined;
    const refuse = (): never => {
      throw this.#refusal(quota, Math.ceil(bucket.waitS));
    };
    return taken === false ? refuse() : taken.then((isTaken) => (isTaken ? undefined : refuse()));
  }

  /** Spends what was used already. */
  charge(quota: Quota, tokens: number): void {
    this.#buckets.get(quota)?.charge(tokens);
  }

  /**
   * Counts one more that is open; of several gateways each allows its share.
   * @returns what counts it down, once
   * @throws {Problem} rate-limited
   */
  open(what: Open): () => void {
    const most = this.#policy.opens[what];
    if (most !== undefined && this.#open[what] >= Math.max(1, Math.floor(most / this.#gateways())))
      throw this.#refusal(what === "sockets" ? "sockets" : "concurrent", 1);
    this.#open[what]++;
    let isOpen = true;
    return () => {
      if (isOpen) this.#open[what]--;
      isOpen = false;
    };
  }

  /** Undefined where requests are not counted. */
  standing(): RateStanding | undefined {
    const [bucket, requests] = [this.#buckets.get("requests"), this.#policy.quotas.requests];
    if (bucket === undefined || requests === undefined) return undefined;
    const { capacity, perS } = requests;
    const left = Math.max(0, Math.floor(bucket.left));
    return {
      kind: this.#kind,
      capacity,
      windowS: Math.ceil(capacity / perS),
      left,
      resetS: Math.ceil((capacity - left) / perS),
    };
  }

  #refusal(what: keyof typeof words, retryAfterS: number): Problem {
    return new Problem("rate-limited", { detail: `${words[what]} of one ${this.#kind}.`, retryAfterS });
  }
}

/** What there was too much of. */
const words = {
  requests: "More requests than RATE_LIMIT_REQUESTS_PER_S and RATE_LIMIT_BURST allow",
  bytes: "More bytes than RATE_LIMIT_BYTES_PER_MIN allows",
  items: "More items of batches than RATE_LIMIT_BATCH_ITEMS_PER_DAY allows",
  concurrent: "More open requests than RATE_LIMIT_CONCURRENT allows",
  sockets: "More open WebSockets than RATE_LIMIT_SOCKETS allows",
} as const;
