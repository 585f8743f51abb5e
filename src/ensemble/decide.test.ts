import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reasons } from "../contracts/decision.ts";
import { decideFirst, decideSecond, type FirstLook, isMissingLook, withoutSecond } from "./decide.ts";

const band = { lo: 0.1, hi: 0.9, a: 0.2, b: 0.8 };
const look = (fast: number, change: Partial<FirstLook> = {}): FirstLook => ({
  strategy: "cascade",
  fast,
  gradability: "gradable",
  outOfDomain: false,
  ...change,
});

const p = fc.double({ min: 0, max: 1, noNaN: true });
const anyLook = fc.record({
  strategy: fc.constantFrom("cascade", "fast", "fine", "mean"),
  fast: p,
  gradability: fc.constantFrom("gradable", "usable", "ungradable"),
  outOfDomain: fc.boolean(),
}) as fc.Arbitrary<FirstLook & { fast: number }>;

describe("decideFirst", () => {
  it.each([
    [0.05, "negative"],
    [0.1, "negative"],
    [0.9, "positive"],
    [0.99, "positive"],
  ])("lets %f leave as %s", (fast, outcome) => {
    expect(decideFirst(look(fast), band)).toMatchObject({ outcome, stage: "fast", escalated: false });
  });

  it.each([0.100001, 0.5, 0.899999])("escalates %f", (fast) => expect(decideFirst(look(fast), band)).toBeUndefined());

  it.each([{ gradability: "usable" as const }, { gradability: "ungradable" as const }, { outOfDomain: true }])(
    "escalates a confident answer when %j",
    (change) => {
      expect(decideFirst(look(0.01, change), band)).toBeUndefined();
    },
  );

  it("asked for the fast reader alone, hands the band to a person instead of escalating", () => {
    expect(decideFirst(look(0.5, { strategy: "fast" }), band)).toMatchObject({
      outcome: "person",
      reason: "fast-uncertain",
    });
  });
});

describe("decideSecond", () => {
  it("ends outside the band where the combined opinion is clear", () => {
    expect(decideSecond({ ...look(0.3), combined: 0.01 }, band)).toMatchObject({
      outcome: "negative",
      probability: 0.01,
      stage: "fine",
      escalated: true,
      reason: "fine-confident",
    });
  });

  it("leaves what stays inside the band to a person", () => {
    expect(decideSecond({ ...look(0.5), combined: 0.5 }, band)).toMatchObject({
      outcome: "person",
      reason: "fine-uncertain",
    });
  });
});

describe("withoutSecond", () => {
  it.each(["second-look-pending", "second-look-overdue", "second-look-release-gone", "second-look-failed"] as const)(
    "leaves it to a person whatever the fast reader says: %s",
    (reason) => {
      for (const fast of [0, 0.5, 1])
        expect(withoutSecond({ fast }, reason)).toEqual({
          outcome: "person",
          probability: fast,
          stage: "fast",
          escalated: true,
          reason,
        });
      expect(isMissingLook(reason)).toBe(true);
    },
  );

  it("is told from every decision that a reader made", () => {
    for (const reason of reasons.filter((each) => !each.startsWith("second-look")))
      expect(isMissingLook(reason)).toBe(false);
  });
});

describe("any decision", () => {
  it("is never automatic for an ungradable or foreign image, whatever the readers say", () => {
    fc.assert(
      fc.property(anyLook, p, (seen, combined) => {
        const verdict = decideFirst(seen, band) ?? decideSecond({ ...seen, combined }, band);
        if (seen.gradability === "ungradable" || seen.outOfDomain) expect(verdict.outcome).toBe("person");
      }),
    );
  });

  it("ends somewhere for every input, with a probability in [0, 1]", () => {
    fc.assert(
      fc.property(anyLook, p, (seen, combined) => {
        const verdict = decideFirst(seen, band) ?? decideSecond({ ...seen, combined }, band);
        expect(["negative", "positive", "person"]).toContain(verdict.outcome);
        expect(verdict.probability).toBeGreaterThanOrEqual(0);
        expect(verdict.probability).toBeLessThanOrEqual(1);
      }),
    );
  });
});
