import { describe, expect, it } from "vitest";
import type { Band } from "../contracts/pack.ts";
import { decideFirst, decideSecond } from "./decide.ts";
import { certifiedSteps, thresholdsOf } from "./safer-band.ts";

const certificate = { certified: true } as Band["certificate"];
const steps: [number, number, number, number][] = [
  [0.01, 0.99, 0.02, 0.98],
  [0.05, 0.9, 0.1, 0.8],
];
const certified = { lo: 0.05, hi: 0.9, certificate, steps };
const plain = { lo: 0.2, hi: 0.8, certificate: { certified: false } as Band["certificate"] };
const seen = { strategy: "cascade", gradability: "gradable", outOfDomain: false } as const;

describe("a safer band", () => {
  it("is a certified one, by its place", () => {
    expect(certifiedSteps(certified)).toBe(2);
    expect(thresholdsOf(certified, 1)).toEqual({ lo: 0.01, hi: 0.99, a: 0.02, b: 0.98 });
    expect(() => thresholdsOf(certified, 3)).toThrow(RangeError);
  });

  it("without a certificate has no steps, and leaves the fast exits as they are", () => {
    expect(certifiedSteps({ ...plain, steps })).toBe(0);
    expect(thresholdsOf(plain, 0)).toEqual({ lo: 0.2, hi: 0.8, a: 0, b: 1 });
    expect(() => thresholdsOf({ ...plain, steps }, 1)).toThrow(RangeError);
  });

  it.each([0, 0.3, 1])("at step 0 hands a fast probability of %d and any second one to a person", (probability) => {
    const override = { step: 0, incident: "i" };
    const all = { ...thresholdsOf(certified, 0), override };
    expect(decideFirst({ ...seen, fast: probability }, all)).toBeUndefined();
    for (const band of [all, { ...thresholdsOf(plain, 0), override }])
      expect(decideSecond({ ...seen, fast: 0.5, combined: probability }, band).outcome).toBe("person");
  });
});
