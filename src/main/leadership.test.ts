import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Lease, type LeaseStore, Problem } from "../contracts/index.ts";
import { Leadership, leaseMs, type Term } from "./leadership.ts";

const clock = { now: () => Date.now(), wallMs: () => Date.now(), timestamp: () => new Date().toISOString() };

/** The database's side, in memory; its own time may run on while a process stands still. */
class TestLeases implements LeaseStore {
  row: { token: number; until: number } = { token: 0, until: 0 };
  answers: "at once" | "never" | "fails" = "at once";

  async #reached<T>(act: () => T): Promise<T> {
    if (this.answers === "never") return new Promise(() => undefined);
    if (this.answers === "fails") throw new Problem("store-unavailable");
    return act();
  }

  takeLease = (name: string, _holder: string, ms: number): Promise<Lease | undefined> =>
    this.#reached(() => {
      if (this.row.until > Date.now()) return undefined;
      this.row = { token: this.row.token + 1, until: Date.now() + ms };
      return { name, token: this.row.token };
    });
  renewLease = ({ token }: Lease, ms: number): Promise<boolean> =>
    this.#reached(() => {
      const isOurs = token === this.row.token && this.row.until > Date.now();
      if (isOurs) this.row.until = Date.now() + ms;
      return isOurs;
    });
  releaseLease = ({ token }: Lease): Promise<void> =>
    this.#reached(() => {
      if (token === this.row.token) this.row.until = Date.now();
    });
  standingLeases = async () => [];
}

describe("leadership", () => {
  let leases: TestLeases;
  let terms: Term[];
  const candidate = (act = async (_term: Term): Promise<void> => undefined) =>
    new Leadership({
      leases,
      role: "monitor",
      holder: "test",
      duties: [
        async (term) => {
          terms.push(term);
          await act(term);
        },
      ],
      clock,
      log: pino({ level: "silent" }),
    });
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    leases = new TestLeases();
    terms = [];
  });
  afterEach(() => vi.useRealTimers());
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  it("is one's at a time, kept by renewing, and another's at once when it is given up", async () => {
    const [one, two] = [candidate(), candidate()];
    one.start();
    await pass(1);
    two.start();
    await pass(60_000);
    expect([one.leads(), two.leads(), terms.length]).toEqual([true, false, 1]);
    await one.stop();
    expect(terms[0]?.signal.aborted).toBe(true);
    await pass(2100);
    expect([one.leads(), two.leads()]).toEqual([false, true]);
    expect(terms.map(({ token }) => token)).toEqual([1, 2]);
    await two.stop();
  });

  it.each(["fails", "never"] as const)("ends before the lease does while the database %s", async (how) => {
    const one = candidate();
    one.start();
    await pass(3000);
    leases.answers = how;
    let heldUntil = 0;
    for (let i = 0; i < 200 && one.leads(); i++) {
      await pass(100);
      heldUntil = Date.now();
    }
    expect(one.leads()).toBe(false);
    expect(terms[0]?.signal.aborted).toBe(true);
    expect(heldUntil).toBeLessThan(leases.row.until);
    leases.answers = "at once";
    if (how === "fails") {
      await pass(leaseMs + 3000);
      expect(terms).toHaveLength(2);
      await one.stop();
    }
  });

  it("survives a database that was away for less than the lease", async () => {
    const one = candidate();
    one.start();
    await pass(3000);
    leases.answers = "fails";
    await pass(5000);
    leases.answers = "at once";
    await pass(20_000);
    expect([one.leads(), terms.length]).toEqual([true, 1]);
    await one.stop();
  });

  it("is known to be over by the clock alone, before any timer has run", async () => {
    const one = candidate();
    one.start();
    await pass(1);
    expect(one.leads()).toBe(true);
    vi.setSystemTime(Date.now() + leaseMs);
    expect([one.leads(), terms[0]?.held()]).toEqual([false, false]);
    await pass(10_000);
    expect(terms).toHaveLength(2);
    await one.stop();
  });

  it("goes on when a duty fails", async () => {
    const one = candidate(async () => {
      throw new Error("a duty");
    });
    one.start();
    await pass(30_000);
    expect([one.leads(), terms.length]).toEqual([true, 1]);
    await one.stop();
  });
});
