import { describe, expect, it } from "vitest";
import { strata } from "../../contracts/drift.ts";
import { auditCase, auditCoin, auditReplays, defaultAuditRates, tossAudit } from "../index.ts";
import { AuditPolicy } from "./probability.ts";

const key = { secret: "a secret of sixteen bytes or more", epoch: "1" };

describe("the audit coin", () => {
  it("refuses a secret that can be guessed", () =>
    expect(() => auditCoin("case", "fine", { ...key, secret: "short" })).toThrow(RangeError));

  it("is uniform", () => {
    const n = 20_000;
    const coins = Array.from({ length: n }, (_, i) => auditCoin(`case-${i}`, "fine", key)).sort((a, b) => a - b);
    const distance = coins.reduce((most, coin, i) => Math.max(most, (i + 1) / n - coin, coin - i / n), 0);
    // Kolmogorov-Smirnov, 1 in 1000.
    expect(distance).toBeLessThan(1.95 / Math.sqrt(n));
  });

  it("depends on case, kind, epoch and secret, and on nothing else", () => {
    const coin = auditCoin("case", "fine", key);
    expect(auditCoin("case", "fine", { ...key })).toBe(coin);
    for (const other of [
      auditCoin("case2", "fine", key),
      auditCoin("case", "human", key),
      auditCoin("case", "fine", { ...key, epoch: "2" }),
      auditCoin("case", "fine", { ...key, secret: "another secret of sixteen bytes" }),
    ])
      expect(other).not.toBe(coin);
  });

  it("cannot be mistaken over where one part ends and the next begins", () =>
    expect(auditCoin("1x", "fine", { ...key, epoch: "" })).not.toBe(auditCoin("x", "fine", { ...key, epoch: "1" })));

  it("is tossed again in a replay, which finds every audit that was chosen or changed afterwards", () => {
    const logged = Array.from({ length: 2000 }, (_, i) => tossAudit(`case-${i}`, "human", 0.05, key));
    expect(logged.filter(({ audited }) => audited).length / 2000).toBeCloseTo(0.05, 1);
    expect(logged.every((each) => auditReplays(each, key.secret))).toBe(true);
    expect(logged.some((each) => auditReplays({ ...each, audited: !each.audited }, key.secret))).toBe(false);
    // A probability raised for the audited ones alone would hide a selection; lowered, the coin contradicts it.
    const audited = logged.find((each) => each.audited);
    expect(auditReplays({ ...(audited as (typeof logged)[0]), probability: 1e-9 }, key.secret)).toBe(false);
  });
});

describe("both coins of a case", () => {
  const order = { secret: key.secret, rates: defaultAuditRates, factor: 1 };

  it("are those of the stratum, each on its own", () => {
    const all = Array.from({ length: 4000 }, (_, i) => auditCase(`case-${i}`, "fast-positive", order));
    const share = (kind: "fine" | "human") => all.filter((each) => each[kind].chosen).length / all.length;
    expect(share("fine")).toBeCloseTo(0.2, 1);
    expect(share("human")).toBeCloseTo(0.01, 1);
    expect(all.some(({ human, fine }) => human.chosen && !fine.chosen)).toBe(true);
    for (const stratum of strata)
      expect(auditCase("case", stratum, order)).toMatchObject({
        stratum,
        fine: { probability: defaultAuditRates.fine[stratum] },
        human: { probability: defaultAuditRates.human[stratum] },
      });
  });

  it("are never more probable than sure", () => {
    const { fine, human } = auditCase("case", "fast-positive", { ...order, factor: 100 });
    expect([fine, human]).toEqual([
      { probability: 1, chosen: true },
      { probability: 1, chosen: true },
    ]);
  });

  it("have an epoch of their own for every secret, rate and factor", () => {
    const human = { ...defaultAuditRates.human, band: 0.06 };
    const orders = [
      order,
      { ...order, factor: 5 },
      { ...order, rates: { ...defaultAuditRates, human } },
      { ...order, secret: `${key.secret}!` },
    ];
    expect(new Set(orders.map((each) => auditCase("case", "band", each).epoch)).size).toBe(orders.length);
    expect(auditCase("other", "fast-negative", order).epoch).toBe(auditCase("case", "band", order).epoch);
  });
});

describe("audit probabilities", () => {
  it("are above 0 everywhere", () => {
    for (const rates of [defaultAuditRates.fine, defaultAuditRates.human])
      for (const stratum of strata) expect(rates[stratum]).toBeGreaterThan(0);
    const human = { ...defaultAuditRates.human, "fast-negative": 0 };
    expect(() => new AuditPolicy({ ...defaultAuditRates, human })).toThrow(RangeError);
  });

  it("are five times as high for the 2000 cases after a look alarm, from the next case on", () => {
    const policy = new AuditPolicy(defaultAuditRates);
    expect(policy.next("fast-negative")).toEqual({ fine: 0.05, human: 0.01 });
    policy.boost();
    expect(policy.next("fast-positive")).toEqual({ fine: 1, human: 0.05 });
    for (let i = 0; i < 1998; i++) policy.next("band");
    expect(policy.next("fast-negative")).toEqual({ fine: 0.25, human: 0.05 });
    expect(policy.next("fast-negative")).toEqual({ fine: 0.05, human: 0.01 });
  });

  it("are remembered across a restart", () => {
    const policy = new AuditPolicy(defaultAuditRates);
    policy.boost();
    policy.next("band");
    expect(new AuditPolicy(defaultAuditRates, policy.save()).boostedCasesLeft).toBe(1999);
  });
});
