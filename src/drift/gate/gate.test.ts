import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../contracts/random.ts";
import {
  Canary,
  canaryStages,
  type GatePair,
  type GateQuestion,
  holdoutUsesMax,
  inCanary,
  judgeCandidate,
  judgeShadow,
} from "../index.ts";
import { useHoldout } from "./holdout-use.ts";
import { holm, lossMidP, mcnemarMidP } from "./mcnemar.ts";
import { countPairs } from "./promotion-gate.ts";
import { notInferior, tangoScore } from "./tango.ts";

const holdout = { holdout: "a".repeat(64), uses: 0 };

/** Pairs of equal readers of 94 %, but for the cases that `change` says. */
function pairs(n: number, change: (i: number, pair: GatePair) => Partial<GatePair> = () => ({})): GatePair[] {
  return Array.from({ length: n }, (_, i) => {
    const positive = i % 2 === 0;
    const wrong = i % 17 === 0;
    const read = { calledPositive: positive !== wrong, probability: positive !== wrong ? 0.9 : 0.1 };
    const pair = {
      id: `${i}`,
      group: `${i}`,
      positive,
      champion: read,
      candidate: read,
      subgroups: [],
      alarmed: false,
    };
    return { ...pair, ...change(i, pair) };
  });
}
const worseOn = (pair: GatePair): GatePair["candidate"] => ({ ...pair.champion, calledPositive: !pair.positive });
const betterOn = (pair: GatePair): GatePair["candidate"] => ({ ...pair.champion, calledPositive: pair.positive });
const ask = (change: Partial<GateQuestion>) =>
  judgeCandidate({ pairs: pairs(1000), selection: "frozen-holdout", holdout, afterAlarm: false, ...change });

describe("Tango's score", () => {
  it.each([
    ["no pairs", { lost: 0, won: 0, pairs: 0 }],
    ["more differences than pairs", { lost: 5, won: 6, pairs: 10 }],
    ["half a pair", { lost: 0.5, won: 0, pairs: 10 }],
  ])("refuses %s", (_, counts) => expect(() => tangoScore(counts, 0.02)).toThrow(RangeError));

  it("agrees with the formula solved by hand", () => {
    // n 100, b 5, c 3, D 0.02: A 200, B -8 + 198 * 0.02 = -4.04, C -0.0588; q = (sqrt(16.3216 + 47.04) + 4.04) / 400.
    const q = (Math.sqrt(4.04 ** 2 + 4 * 200 * 0.0588) + 4.04) / 400;
    expect(tangoScore({ lost: 5, won: 3, pairs: 100 }, 0.02)).toBeCloseTo(0 / Math.sqrt(100 * (2 * q + 0.0196)), 12);
    expect(tangoScore({ lost: 3, won: 3, pairs: 100 }, 0.02)).toBeLessThan(0);
  });

  it("shows readers that never differ to be equal from 133 pairs on", () => {
    expect(notInferior({ lost: 0, won: 0, pairs: 132 }, 0.02)).toBe(false);
    expect(notInferior({ lost: 0, won: 0, pairs: 133 }, 0.02)).toBe(true);
  });

  it("falls with every pair won and rises with every pair lost", () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), (lost, won) => {
        const z = tangoScore({ lost, won, pairs: 200 }, 0.02);
        expect(tangoScore({ lost, won: won + 1, pairs: 200 }, 0.02)).toBeLessThan(z);
        expect(tangoScore({ lost: lost + 1, won, pairs: 200 }, 0.02)).toBeGreaterThan(z);
      }),
    );
  });
});

describe("McNemar's mid-p and Holm's order", () => {
  it("agree with published and hand-made numbers", () => {
    // Fagerland, Lydersen and Laake 2013, table 1: 1 and 7 discordant pairs, mid-p 0.039.
    expect(mcnemarMidP({ lost: 1, won: 7, pairs: 21 })).toBeCloseTo(0.0391, 4);
    expect(mcnemarMidP({ lost: 0, won: 0, pairs: 5 })).toBe(1);
    expect(mcnemarMidP({ lost: 4, won: 4, pairs: 9 })).toBe(1);
    expect(lossMidP({ lost: 7, won: 1, pairs: 21 })).toBeCloseTo(0.0391 / 2, 4);
    expect(holm([0.01, 0.04, 0.03], 0.05)).toEqual([true, false, false]);
    expect(holm([0.01, 0.02, 0.03], 0.05)).toEqual([true, true, true]);
    expect(holm([], 0.05)).toEqual([]);
  });
});

describe("the gate refuses, and uses no look at the holdout up, for", () => {
  it.each([
    ["a 21st use", { holdout: { ...holdout, uses: holdoutUsesMax } }, "rotate"],
    ["cases chosen by the champion's doubt", { selection: "champion-doubt" as const }, "doubt"],
    ["two images of a group", { pairs: pairs(100, (i) => (i === 1 ? { group: "0" } : {})) }, "twice"],
    ["one class", { pairs: pairs(100).filter(({ positive }) => positive) }, "class"],
    ["no cases", { pairs: [] }, "class"],
    ["an alarm without a slice", { afterAlarm: true }, "slice"],
  ])("%s", (_, change, word) => {
    const verdict = ask(change);
    expect(verdict).toMatchObject({ passed: false, refused: expect.stringContaining(word) });
    expect(verdict).not.toHaveProperty("holdout");
  });
});

describe("the gate", () => {
  it("passes an equal reader and counts the use", () => {
    const verdict = ask({});
    expect(verdict).toMatchObject({ passed: true, failures: [], holdout: { uses: 1 }, evidence: { positives: 500 } });
  });

  it("lets 20 candidates see a holdout and no more", () => {
    let use = holdout;
    for (let i = 0; i < holdoutUsesMax; i++) {
      const next = useHoldout(use);
      if (!next.allowed) throw new Error(next.reason);
      use = next.use;
    }
    expect(useHoldout(use).allowed).toBe(false);
  });

  it("fails for want of cases, where equal accuracy would have passed", () => {
    const verdict = ask({ pairs: pairs(120) });
    expect(verdict).toMatchObject({ passed: false });
    expect(verdict.refused).toBeUndefined();
  });

  it.each([
    ["sensitivity", true],
    ["specificity", false],
  ])("fails a loss of %s that a gain on the other side would hide", (name, side) => {
    const change = (i: number, pair: GatePair) =>
      i % 10 < 2 ? { candidate: pair.positive === side ? worseOn(pair) : betterOn(pair) } : {};
    expect(ask({ pairs: pairs(2000, change) })).toMatchObject({ failures: [expect.stringContaining(name)] });
  });

  it("wants a candidate that an alarm has called for to be better there", () => {
    const slice = (better: boolean) => (i: number, pair: GatePair) => ({
      alarmed: i % 5 === 0,
      ...(better && i % 5 === 0 ? { candidate: betterOn(pair) } : {}),
    });
    expect(ask({ pairs: pairs(1000, slice(false)), afterAlarm: true })).toMatchObject({
      failures: [expect.stringContaining("slice")],
    });
    expect(ask({ pairs: pairs(1000, slice(true)), afterAlarm: true })).toMatchObject({ passed: true });
  });

  it("fails a sub-group's loss, and judges none with fewer than 30 positives", () => {
    const site = (every: number) => (i: number, pair: GatePair) =>
      i % every < 2 ? { subgroups: ["site=b"], ...(i % (every * 8) < 2 ? { candidate: worseOn(pair) } : {}) } : {};
    const large = ask({ pairs: pairs(4000, site(20)) });
    expect(large).toMatchObject({ passed: false });
    expect("failures" in large && large.failures.some((failure) => failure.includes("site=b"))).toBe(true);
    const small = ask({ pairs: pairs(4000, site(200)) });
    expect("failures" in small && small.failures.some((failure) => failure.includes("site=b"))).toBe(false);
  });

  it("fails probabilities that mean less than before, though every call is the same", () => {
    const blurred = pairs(1000, (_, { champion }) => ({ candidate: { ...champion, probability: 0.7 } }));
    expect(ask({ pairs: blurred })).toMatchObject({ failures: ["its calibration is worse"] });
  });

  it("counts only pairs on which the two differ in being right", () =>
    expect(countPairs(pairs(10, (i, pair) => (i === 3 ? { candidate: worseOn(pair) } : {})))).toEqual({
      lost: 1,
      won: 0,
      pairs: 10,
    }));
});

describe("the shadow", () => {
  const run = { mirrored: 1000, failed: 0, differing: 20, latencyMs: { champion: 50, candidate: 52 } };
  it.each([
    ["nothing was mirrored", { mirrored: 0 }, "no case"],
    ["too little was mirrored", { mirrored: 999 }, "only 999"],
    ["cases failed", { failed: 1 }, "failed"],
    ["too many decisions differ", { differing: 101 }, "differ"],
    ["it is slower", { latencyMs: { champion: 50, candidate: 56 } }, "slower"],
  ])("fails when %s", (_, change, word) =>
    expect(judgeShadow({ ...run, ...change }, true)).toEqual({
      state: "failed",
      reasons: [expect.stringContaining(word)],
    }),
  );
  it("waits while cases may still come, and passes in the end", () => {
    expect(judgeShadow({ ...run, mirrored: 0 }, false).state).toBe("waiting");
    expect(judgeShadow(run, false)).toEqual({ state: "passed", reasons: [] });
  });
});

describe("the canary", () => {
  it("gives a patient one model, and keeps who is in when it grows", () => {
    fc.assert(
      fc.property(fc.string(), (group) => {
        const inside = canaryStages.map((percent) => inCanary(group, "release", percent));
        expect(inside).toEqual(canaryStages.map((percent) => inCanary(group, "release", percent)));
        for (let i = 1; i < inside.length; i++) expect(inside[i - 1] && !inside[i]).toBe(false);
        expect(inside.at(-1)).toBe(true);
      }),
    );
  });

  it("takes the share it says, and other groups for another release", () => {
    const groups = Array.from({ length: 20_000 }, (_, i) => `group-${i}`);
    const first = new Set(groups.filter((group) => inCanary(group, "one", 5)));
    const second = groups.filter((group) => inCanary(group, "two", 5));
    expect(first.size / groups.length).toBeCloseTo(0.05, 2);
    expect(second.filter((group) => first.has(group)).length / second.length).toBeLessThan(0.12);
  });

  const pair = (championWrong: boolean, candidateWrong: boolean) => ({ championWrong, candidateWrong });

  it("rolls a worse candidate back and stays where it was", () => {
    const canary = new Canary();
    const random = new Random(1);
    for (let i = 0; i < 3000 && !canary.rolledBack; i++) canary.update(pair(random.chance(0.04), random.chance(0.15)));
    expect(canary.rolledBack).toBe(true);
    expect(canary.advance(0)).toBe(5);
    expect(new Canary(0, canary.save()).rolledBack).toBe(true);
  });

  it("rolls an equal candidate back in at most 5 % of trials, looked at after every pair", () => {
    let rolledBack = 0;
    for (let seed = 0; seed < 200; seed++) {
      const canary = new Canary();
      const random = new Random(seed, 9);
      for (let i = 0; i < 1500; i++) canary.update(pair(random.chance(0.05), random.chance(0.05)));
      if (canary.rolledBack) rolledBack++;
    }
    expect(rolledBack).toBeLessThanOrEqual(16);
  });

  it("goes 5, 25, 50, 100 % after enough pairs each, with the evidence of all stages", () => {
    const canary = new Canary();
    expect(canary.advance(10)).toBe(5);
    const stages = Array.from({ length: 4 }, () => {
      for (let i = 0; i < 10; i++) canary.update(pair(false, false));
      return canary.advance(10);
    });
    expect(stages).toEqual([25, 50, 100, 100]);
    expect(canary.save().evidence.cases).toBe(40);
    expect(() => new Canary(1)).toThrow(RangeError);
  });
});
