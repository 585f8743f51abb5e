import { describe, expect, it } from "vitest";
import { Random } from "../../contracts/random.ts";
import { EProcess } from "./e-process.ts";
import { knownRateNull } from "./reference.ts";

describe("an e-process", () => {
  it("is the mean of the products of its bets", () => {
    const process = new EProcess({ nullMean: 0.5, low: 0, high: 1, bets: [0.4, 1] });
    process.update(1);
    expect(process.update(0)).toBeCloseTo((1.2 * 0.8 + 1.5 * 0.5) / 2, 12);
  });

  it("may be looked at after every case: at most 5 % of quiet streams are ever refuted, where 50 p-values refute a fifth and more", () => {
    const alpha = 0.05;
    let refuted = 0;
    let peeked = 0;
    for (let seed = 0; seed < 200; seed++) {
      const random = new Random(seed, 37);
      const process = new EProcess(knownRateNull(0.06));
      let events = 0;
      let [ever, everPeeked] = [false, false];
      for (let i = 1; i <= 5000; i++) {
        const event = random.chance(0.06);
        if (event) events++;
        process.update(event ? 1 : 0);
        ever ||= process.exceeds(alpha);
        if (i % 100 === 0) everPeeked ||= (events / i - 0.06) / Math.sqrt((0.06 * 0.94) / i) > 1.645;
      }
      if (ever) refuted++;
      if (everPeeked) peeked++;
    }
    expect(refuted).toBeLessThanOrEqual(16);
    expect(peeked).toBeGreaterThan(40);
  });

  it("restores bit for bit and refuses another state", () => {
    const stream = knownRateNull(0.1);
    const process = new EProcess(stream);
    for (let i = 0; i < 50; i++) process.update(i % 7 === 0 ? 1 : 0);
    const restored = new EProcess(stream, JSON.parse(JSON.stringify(process.save())));
    expect(restored.update(1)).toBe(process.update(1));
    expect(() => new EProcess(stream, { cases: 1, wealth: [1] })).toThrow(RangeError);
    expect(() => process.update(2)).toThrow(RangeError);
    expect(() => new EProcess({ ...stream, bets: [] })).toThrow(RangeError);
  });
});
