import { describe, expect, it } from "vitest";
import { positivesNeeded, proveBand } from "./certificate.ts";

const counts = (positives: number, misses: number, negatives: number, falsePositives: number) => ({
  target: { missRate: 0.05, falsePositiveRate: 0.05, confidence: 0.95 },
  certificate: {
    certified: true,
    method: "",
    positives,
    misses,
    negatives,
    falsePositives,
    neededPositives: 59,
    provableMissRate: 0,
    provableFalsePositiveRate: 0,
    reason: "",
  },
});

describe("positivesNeeded", () => {
  it.each([
    [0.05, 59],
    [0.02, 149],
    [0.01, 299],
  ])("a miss rate of %f needs %i positives without a miss", (rate, n) => expect(positivesNeeded(rate, 0.95)).toBe(n));
});

describe("proveBand", () => {
  it("believes the counts, not the claim: 16 positives prove nothing at 5 %", () => {
    const proof = proveBand(counts(16, 0, 33, 0));
    expect(proof.certified).toBe(false);
    expect(proof.missRate).toBeCloseTo(0.1707, 3);
  });

  it("certifies exactly from the needed count on", () => {
    expect(proveBand(counts(58, 0, 200, 0)).certified).toBe(false);
    expect(proveBand(counts(59, 0, 200, 0)).certified).toBe(true);
  });

  it("one false side is enough to fail", () => {
    expect(proveBand(counts(200, 0, 58, 0)).certified).toBe(false);
    expect(proveBand(counts(59, 1, 200, 0)).certified).toBe(false);
  });
});
