import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteBudget } from "./byte-budget.ts";

const tooMany = expect.objectContaining({ code: "too-many-bytes-in-flight", retryAfterS: 1 });

describe("ByteBudget", () => {
  it("refuses a reservation, and the growth of one, beyond its bound, and keeps what was held", () => {
    const budget = new ByteBudget(100);
    const lease = budget.reserve(60);
    expect(() => budget.reserve(41)).toThrow(tooMany);
    expect(() => lease.resize(101)).toThrow(tooMany);
    expect([budget.reservedBytes, lease.bytes]).toEqual([60, 60]);
    expect(budget.reserve(40).bytes).toBe(40);
  });

  it("gives a lease back once, however often it is released, and never grows it again", () => {
    const budget = new ByteBudget(100);
    const [one, other] = [budget.reserve(10), budget.reserve(20)];
    one.release();
    one.release();
    one.resize(50);
    expect(budget.reservedBytes).toBe(20);
    other.release();
    expect(budget.reservedBytes).toBe(0);
  });

  it("always holds the sum of its leases, and never more than its bound", () => {
    const act = fc.record({ lease: fc.nat(4), bytes: fc.nat(60), release: fc.boolean() });
    fc.assert(
      fc.property(fc.array(act), (acts) => {
        const budget = new ByteBudget(100);
        const leases = Array.from({ length: 5 }, () => budget.reserve(0));
        for (const { lease, bytes, release } of acts) {
          try {
            if (release) leases[lease]?.release();
            else leases[lease]?.resize(bytes);
          } catch (error) {
            expect(error).toEqual(tooMany);
          }
          expect(budget.reservedBytes).toBe(leases.reduce((sum, each) => sum + each.bytes, 0));
          expect(budget.reservedBytes).toBeLessThanOrEqual(100);
        }
      }),
    );
  });
});
