import { describe, expect, it } from "vitest";
import { Random } from "../../contracts/random.ts";
import { AuditedRisk } from "./audited-risk.ts";

const plan = { probabilityMin: 0.1, confidence: 0.95 };

describe("an audited risk", () => {
  it.each([
    ["an audit rarer than the plan allows", { probability: 0.05, judgement: undefined }],
    ["a loss above 1", { probability: 0.5, judgement: 2 }],
    ["NaN", { probability: 0.5, judgement: Number.NaN }],
  ])("refuses %s", (_, one) => expect(() => new AuditedRisk(plan).update(one)).toThrow(RangeError));

  it("of nothing is unknown: anything between 0 and 1", () => {
    const { risk, interval } = new AuditedRisk(plan).estimate;
    expect(risk).toBeNaN();
    expect(interval).toEqual([0, 1]);
  });

  it("lies in its interval at all times in 95 % of the streams, whatever the audit probabilities", () => {
    const streams = 40;
    let held = 0;
    for (let seed = 0; seed < streams; seed++) {
      const random = new Random(seed, 6);
      const risk = new AuditedRisk(plan);
      let always = true;
      for (let i = 0; i < 2500; i++) {
        const doubtful = random.chance(0.3);
        const probability = doubtful ? 0.6 : 0.1;
        const loss = Number(random.chance(doubtful ? 0.2 : 0.02));
        risk.update({ probability, judgement: random.chance(probability) ? loss : undefined });
        const [low, high] = risk.estimate.interval;
        always &&= low <= 0.074 && 0.074 <= high;
      }
      if (always) held++;
      expect(risk.estimate.interval[1] - risk.estimate.interval[0]).toBeLessThan(0.15);
    }
    expect(held).toBeGreaterThanOrEqual(35);
  });

  it("restores bit for bit, within 64 KB", () => {
    const risk = new AuditedRisk(plan);
    const random = new Random(1);
    const one = () => ({ probability: 0.3, judgement: random.chance(0.3) ? random.next() : undefined });
    for (let i = 0; i < 500; i++) risk.update(one());
    const text = JSON.stringify(risk.save());
    expect(text.length).toBeLessThan(65_536);
    const restored = new AuditedRisk(plan, JSON.parse(text));
    const next = one();
    risk.update(next);
    restored.update(next);
    expect(restored.save()).toEqual(risk.save());
    expect(() => new AuditedRisk(plan, { ...risk.save(), above: [] })).toThrow(RangeError);
  });
});
