import { describe, expect, it } from "vitest";
import type { DrawnTokens, TokenDraw, TokenPool } from "../contracts/index.ts";
import { Problem } from "../contracts/index.ts";
import { type Clock, readConfig } from "../platform/index.ts";
import { callersMax, RateLimiter } from "./rate-limiter.ts";
import { ratePolicies } from "./rate-policies.ts";

class TestClock implements Clock {
  ms = 0;
  now = () => this.ms;
  wallMs = () => this.ms;
  timestamp = () => new Date(this.ms).toISOString();
}

/** The shared place, as the database does it. */
class TestPool implements TokenPool {
  readonly #clock: Clock;
  readonly held = new Map<string, { tokens: number; at: number }>();
  questions = 0;
  gateways = 2;
  answers: "at once" | "never" | "fails" = "at once";

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  drawTokens(draws: readonly TokenDraw[]): ReturnType<TokenPool["drawTokens"]> {
    this.questions++;
    if (this.answers === "never") return new Promise(() => undefined);
    if (this.answers === "fails") return Promise.reject(new Problem("store-unavailable"));
    return Promise.resolve({ gateways: this.gateways, drawn: draws.map((draw) => this.#draw(draw)) });
  }

  #draw({ bucket, capacity, perS, owed, wanted }: TokenDraw): DrawnTokens {
    const at = this.#clock.now();
    const before = this.held.get(bucket) ?? { tokens: capacity, at };
    const there = Math.min(capacity, before.tokens + ((at - before.at) / 1000) * perS) - owed;
    const granted = Math.max(0, Math.min(wanted, there));
    this.held.set(bucket, { tokens: there - granted, at });
    return { granted, left: there - granted };
  }
}

const secret = "a secret of more than thirty-two characters";
const limiterOf = (environment: Record<string, string>, clock: Clock, pool?: TokenPool): RateLimiter => {
  const policies = ratePolicies(readConfig(environment));
  if (policies === undefined) throw new Error("nothing is limited");
  return new RateLimiter({ policies, clock, secret, pool });
};
const rate = { RATE_LIMIT_REQUESTS_PER_S: "10", RATE_LIMIT_BURST: "40" };

/** How many of so many requests go through, one after the other. */
async function admitted(limiter: RateLimiter, many: number, name = "a"): Promise<number> {
  let count = 0;
  for (let i = 0; i < many; i++) {
    try {
      await limiter.caller("address", name).spend("requests", 1);
      count++;
    } catch (error) {
      expect(error).toMatchObject({ code: "rate-limited" });
    }
  }
  return count;
}
const refusalOf = async (act: () => unknown): Promise<Problem> => {
  try {
    await act();
  } catch (error) {
    return error as Problem;
  }
  throw new Error("it was let through");
};

describe("without a setting", () => {
  it("nobody is limited", () => expect(ratePolicies(readConfig({}))).toBeUndefined());
});

describe("one server", () => {
  it("lets a burst through, then as many as come back with time, and says honestly when", async () => {
    const clock = new TestClock();
    const limiter = limiterOf(rate, clock);
    expect(await admitted(limiter, 100)).toBe(40);
    const refusal = await refusalOf(() => limiter.caller("address", "a").spend("requests", 1));
    expect(refusal.retryAfterS).toBe(1);
    clock.ms += 99;
    expect(await admitted(limiter, 5)).toBe(0);
    clock.ms += 901;
    expect(await admitted(limiter, 100)).toBe(10);
    clock.ms += 3_600_000;
    expect(await admitted(limiter, 100)).toBe(40);
  });

  it("counts each caller alone, and a key as several addresses", async () => {
    const limiter = limiterOf({ ...rate, RATE_LIMIT_KEY_FACTOR: "3" }, new TestClock());
    expect(await admitted(limiter, 50, "a")).toBe(40);
    expect(await admitted(limiter, 50, "b")).toBe(40);
    let count = 0;
    while (count < 200 && limiter.caller("key", "a").standing()?.left !== 0) {
      await limiter.caller("key", "a").spend("requests", 1);
      count++;
    }
    expect(count).toBe(120);
  });

  it("lets a large body through, and then none until it is paid off", async () => {
    const clock = new TestClock();
    const limiter = limiterOf({ RATE_LIMIT_BYTES_PER_MIN: "60000" }, clock);
    const caller = limiter.caller("address", "a");
    await caller.spend("bytes", 90_000);
    const refusal = await refusalOf(() => caller.spend("bytes", 1));
    expect(refusal.retryAfterS).toBe(31);
    clock.ms += 30_000;
    await expect(async () => caller.spend("bytes", 1)).rejects.toMatchObject({ code: "rate-limited" });
    clock.ms += 1000;
    await caller.spend("bytes", 1);
  });

  it("counts what is open, and counts each down once", () => {
    const limiter = limiterOf({ RATE_LIMIT_CONCURRENT: "2", RATE_LIMIT_SOCKETS: "1" }, new TestClock());
    const caller = limiter.caller("address", "a");
    const [first] = [caller.open("requests"), caller.open("requests"), caller.open("sockets")];
    expect(() => caller.open("requests")).toThrow(/RATE_LIMIT_CONCURRENT/);
    expect(() => caller.open("sockets")).toThrow(/RATE_LIMIT_SOCKETS/);
    first?.();
    first?.();
    caller.open("requests");
    expect(() => caller.open("requests")).toThrow(/RATE_LIMIT_CONCURRENT/);
  });

  it("remembers a bounded number of callers, and those with something open whatever comes", () => {
    const limiter = limiterOf({ RATE_LIMIT_CONCURRENT: "1", ...rate }, new TestClock());
    limiter.caller("address", "busy").open("requests");
    for (let i = 0; i < 2 * callersMax; i++) limiter.caller("address", `a${i}`);
    expect(limiter.callers).toBe(callersMax);
    expect(() => limiter.caller("address", "busy").open("requests")).toThrow(/RATE_LIMIT_CONCURRENT/);
  });
});

describe("two gateways on one database", () => {
  const pair = (clock: TestClock) => {
    const pool = new TestPool(clock);
    return { pool, both: [limiterOf(rate, clock, pool), limiterOf(rate, clock, pool)] as const };
  };

  it("let one burst through together, wherever it goes", async () => {
    for (const [there, here] of [
      [100, 100],
      [100, 0],
      [10, 100],
    ] as const) {
      const { both } = pair(new TestClock());
      const counts = await Promise.all([admitted(both[0], there), admitted(both[1], here)]);
      const sum = counts[0] + counts[1];
      expect(sum).toBeLessThanOrEqual(40);
      // An eighth of the burst may lie ahead at the gateway where it is not asked for.
      expect(sum).toBeGreaterThanOrEqual(35);
    }
  });

  it("go over by no more than an eighth of the burst each, also when they held some ahead", async () => {
    const clock = new TestClock();
    const { both } = pair(clock);
    await Promise.all(both.map((each) => admitted(each, 2)));
    clock.ms += 60_000;
    const counts = await Promise.all(both.map((each) => admitted(each, 100)));
    expect(counts[0] as number).toBeGreaterThan(0);
    expect((counts[0] as number) + (counts[1] as number)).toBeLessThanOrEqual(40 * (1 + 2 / 8));
    clock.ms += 1000;
    const after = await Promise.all(both.map((each) => admitted(each, 100)));
    expect((after[0] as number) + (after[1] as number)).toBeLessThanOrEqual(11);
  });

  it("ask the shared place far less often than they are asked, also by one who is refused", async () => {
    const { pool, both } = pair(new TestClock());
    expect(await admitted(both[0], 1000)).toBe(40);
    expect(pool.questions).toBeLessThanOrEqual(17);
  });

  it("know of a debt that was made at the other", async () => {
    const clock = new TestClock();
    const pool = new TestPool(clock);
    const bytes = { RATE_LIMIT_BYTES_PER_MIN: "60000" };
    const both = [limiterOf(bytes, clock, pool), limiterOf(bytes, clock, pool)] as const;
    await both[0].caller("address", "a").spend("bytes", 90_000);
    const refusal = await refusalOf(() => both[1].caller("address", "a").spend("bytes", 1));
    expect(refusal.retryAfterS).toBeGreaterThanOrEqual(30);
    expect(refusal.retryAfterS).toBeLessThanOrEqual(33);
  });

  it.each(["fails", "never"] as const)("count by an equal share each when the shared place %s", async (how) => {
    const clock = new TestClock();
    const { pool, both } = pair(clock);
    await Promise.all(both.map((each) => admitted(each, 1, "known")));
    pool.answers = how;
    expect(await admitted(both[0], 100)).toBe(20);
    expect(await admitted(both[1], 100)).toBe(20);
    pool.answers = "at once";
    clock.ms += 3000;
    expect(await admitted(both[0], 1)).toBe(1);
    expect(pool.held.size).toBe(2);
  });

  it("share what may be open", async () => {
    const clock = new TestClock();
    const limiter = limiterOf({ RATE_LIMIT_CONCURRENT: "4", ...rate }, clock, new TestPool(clock));
    const caller = limiter.caller("address", "a");
    await caller.spend("requests", 1);
    caller.open("requests");
    caller.open("requests");
    expect(() => caller.open("requests")).toThrow(/RATE_LIMIT_CONCURRENT/);
  });

  it("do not write down who a bucket is of", async () => {
    const { pool, both } = pair(new TestClock());
    await admitted(both[0], 1, "203.0.113.9");
    expect([...pool.held.keys()].join()).not.toMatch(/203/);
  });
});
