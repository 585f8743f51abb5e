import { describe, expect, it } from "vitest";
import { type LoadReport, reportFormat } from "../phase.ts";
import { type Ended, Tally } from "../tally.ts";
import { chart, roundStep } from "./chart.ts";
import { compareReports, comparisonTable, differences, parseReport } from "./compare.ts";
import { reportPage } from "./page.ts";
import { reportTable } from "./table.ts";

const answered: Omit<Ended, "dueAt" | "endedAt"> = {
  outcome: "ok",
  status: 201,
  retryAfter: false,
  images: 1,
  isBad: false,
};

/** 1000 requests in ten seconds; every tenth is refused. */
function phase(msEach: number) {
  const tally = new Tally(10_000);
  for (let i = 0; i < 1000; i++) {
    tally.send(10 * i, 10 * i);
    const refused = i % 10 === 9;
    const end = { dueAt: 10 * i, endedAt: 10 * i + msEach };
    tally.end(refused ? { ...answered, ...end, outcome: "shed", status: 429, images: 0 } : { ...answered, ...end });
  }
  return tally.report({ name: "steady", loop: "open", plan: "poisson 100/s", clients: null }, 10, false);
}

const report = (msEach: number): LoadReport => ({
  format: reportFormat,
  scenario: "single <b>",
  startedAt: "2026-11-22T00:00:00.000Z",
  version: "0",
  target: { url: "http://127.0.0.1:1", path: "/cases" },
  images: { different: 3, bytesMin: 10, bytesMax: 20 },
  sender: { cores: 2, node: "v20", openMax: 10, giveUpMs: 1000, seed: 1 },
  phases: [phase(msEach)],
  checks: [
    { what: "p99", goal: "at most 10 ms", found: "20 ms", n: 900, met: false },
    { what: "n", goal: "known", found: "unknown", n: 1, met: null },
  ],
  samples: Array.from({ length: 4 }, (_, i) => ({
    atS: i,
    residentBytes: 2 ** 20 * i,
    fileDescriptors: null,
    eventLoopP99Ms: 12,
  })),
  notes: ["3 different images"],
});

describe("the table", () => {
  it("shows counts, percentiles, goals with their n, and notes", () => {
    const text = reportTable(report(20));
    expect(text).toMatch(/steady +poisson 100\/s +10\.0 +1000 +900 +0 +100 /);
    expect(text).toMatch(/p99 +at most 10 ms +20 ms +900 +MISSED/);
    expect(text).toMatch(/n +known +unknown +1 +-/);
    expect(text).toContain("note: 3 different images");
  });
});

describe("the page", () => {
  const page = reportPage(report(20));

  it("needs nothing from elsewhere and runs nothing", () => {
    expect(page).not.toMatch(/<script|<link|<img|@import|src=|url\(/);
    expect(page.match(/https?:\/\/[^\s<"]+/g)).toEqual(["http://127.0.0.1:1/cases"]);
  });

  it("draws the four figures of a phase and what the server's process took, and escapes what it was given", () => {
    expect(page.match(/<svg /g)).toHaveLength(7);
    expect(page).toContain("Load test: single &lt;b&gt;");
    expect(page).not.toContain("<b>");
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("keeps every point inside its chart", () => {
    for (const [, x, y] of page.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)) {
      expect(Number(x)).toBeGreaterThanOrEqual(0);
      expect(Number(x)).toBeLessThanOrEqual(640);
      expect(Number(y)).toBeGreaterThanOrEqual(0);
      expect(Number(y)).toBeLessThanOrEqual(240);
    }
  });
});

describe("a chart", () => {
  it("leaves a gap where nothing is known", () => {
    const drawn = chart({
      title: "a",
      yUnit: "b",
      xUnit: "c",
      lines: [
        {
          name: "l",
          tone: "plain",
          points: [
            [0, 1],
            [1, null],
            [2, 1],
          ],
        },
      ],
    });
    expect(drawn.match(/d="M[^"]*M[^"]*"/)).not.toBeNull();
  });

  it("has round steps", () => {
    expect([roundStep(100, 4), roundStep(7, 4), roundStep(0.9, 4), roundStep(0, 4)]).toEqual([50, 2, 0.5, 1]);
  });
});

describe("two runs", () => {
  it("are compared phase by phase, by throughput, average response time, success rate and percentiles", () => {
    const compared = compareReports(report(20), report(10));
    expect(compared.find(({ what }) => what.startsWith("average"))).toMatchObject({
      first: 20,
      second: 10,
      better: 0.5,
    });
    expect(compared.find(({ what }) => what.startsWith("success"))).toMatchObject({ first: 90, second: 90, better: 0 });
    expect(comparisonTable(compared)).toMatch(/p99, ms +20\.\d +10\.\d +\+50\.00 % +900, 900/);
  });

  it("say what makes them unlike", () => {
    const other = { ...report(10), scenario: "batch" };
    expect(differences(report(20), other)).toEqual(["scenario: single <b> and batch"]);
    expect(compareReports(report(20), { ...other, phases: [] })).toEqual([]);
  });

  it("must be reports of ours", () => {
    expect(parseReport(JSON.stringify(report(1))).scenario).toBe("single <b>");
    expect(() => parseReport('{"phases":[]}')).toThrow("fovea-loadtest/1");
    expect(() => parseReport("no")).toThrow();
  });
});
