import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mayHelp, mayRetry, retryDelayMs, sendsMax } from "./retry.ts";

describe("sending again", () => {
  it.each([400, 401, 404, 413, 415, 422, 500, 504])("is no use after %i", (status) =>
    expect(mayRetry({ status, code: "x" }, 1)).toBe(false),
  );

  it.each([0, 429, 503])("may help after %i, but not for ever, and not when the server says it does not", (status) => {
    expect(mayRetry({ status, code: "x" }, 1)).toBe(true);
    expect(mayRetry({ status, code: "x" }, sendsMax)).toBe(false);
    expect(mayRetry({ status, code: "x", retryable: false }, 1)).toBe(false);
  });

  it("never comes before the server asked for it, and never much later than needed", () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: sendsMax }), fc.nat(600), random, (sends, retryAfterS, chance) => {
        const delayMs = retryDelayMs({ status: 429, code: "x", retryAfterS }, sends, chance);
        expect(delayMs).toBeGreaterThanOrEqual(Math.max(1000, retryAfterS * 1000));
        expect(delayMs).toBeLessThanOrEqual(Math.max(32_000, retryAfterS * 1000) * 1.5);
      }),
    );
  });

  it("is offered to a person unless the picture itself is at fault", () => {
    const offered = [0, 400, 408, 413, 415, 422, 429, 500, 503, 504].filter((status) => mayHelp({ status, code: "x" }));
    expect(offered).toEqual([0, 408, 429, 500, 503, 504]);
  });

  it("is spread out, so that pages refused together do not come back together", () => {
    const failure = { status: 429, code: "x", retryAfterS: 2 };
    expect(retryDelayMs(failure, 1, 0.9)).toBeGreaterThan(retryDelayMs(failure, 1, 0.1));
  });
});
