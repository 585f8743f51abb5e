import { describe, expect, it } from "vitest";
import { type Ended, Tally } from "./tally.ts";

const head = { name: "a", loop: "open", plan: "b", clients: null } as const;
const ended = (of: Partial<Ended>): Ended => ({
  outcome: "ok",
  status: 201,
  retryAfter: false,
  images: 1,
  isBad: false,
  dueAt: 0,
  endedAt: 10,
  ...of,
});

describe("a tally", () => {
  it("counts time from when a request was due, and results only until the end of the plan", () => {
    const tally = new Tally(1000);
    tally.send(0, 300);
    tally.end(ended({ endedAt: 400 }));
    tally.send(900, 900);
    tally.end(ended({ dueAt: 900, endedAt: 1500 }));
    const report = tally.report(head, 1, false);
    expect(report).toMatchObject({ sent: 2, ok: 2, goodput: 1, imagesPerSecond: 1 });
    expect(report.latency.ok).toMatchObject({ n: 2, min: 400, max: 600 });
    expect(report.lag.max).toBe(300);
  });

  it("keeps every way to end apart, and only results in their latency", () => {
    const tally = new Tally(1000);
    const ways = [
      ["ok", 200],
      ["later", 202],
      ["shed", 429],
      ["rejected", 422],
      ["failed", 500],
      ["gaveUp", undefined],
      ["lost", undefined],
      ["left", undefined],
    ] as const;
    for (const [outcome, status] of ways) {
      tally.send(0, 0);
      tally.end(ended({ outcome, status, retryAfter: outcome === "shed", isBad: outcome === "rejected" }));
    }
    tally.skip(500);
    const report = tally.report(head, 1, false);
    for (const [outcome] of ways) expect(report[outcome]).toBe(1);
    expect(report).toMatchObject({ due: 9, sent: 8, notSent: 1, misjudged: 0, retryAfter: { of: 1, with: 1 } });
    expect(report.byStatus).toMatchObject({ 200: 1, 429: 1, gaveUp: 1, left: 1 });
    expect([report.latency.ok.n, report.latency.shed.n, report.latency.all.n]).toEqual([1, 1, 7]);
  });

  it("says when a good one was rejected or a bad one taken", () => {
    const tally = new Tally(1000);
    for (const of of [
      { outcome: "rejected", isBad: false },
      { outcome: "ok", isBad: true },
      { outcome: "rejected", isBad: true },
      { outcome: "shed", isBad: true },
    ] as const) {
      tally.send(0, 0);
      tally.end(ended(of));
    }
    expect(tally.report(head, 1, false).misjudged).toBe(2);
  });

  it("keeps a long phase in a bounded number of pieces without losing any request", () => {
    const tally = new Tally(Number.POSITIVE_INFINITY);
    for (let at = 0; at < 3_600_000; at += 700) {
      tally.send(at, at);
      tally.end(ended({ dueAt: at, endedAt: at + 5 }));
    }
    const { series, sent } = tally.report(head, 3600, false);
    expect(series.length).toBeLessThanOrEqual(240);
    expect(series.reduce((sum, slice) => sum + slice.ok, 0)).toBe(sent);
    expect(series.map(({ atS }) => atS)).toEqual(series.map((_, i) => i * (series[1]?.atS ?? 0)));
  });
});
