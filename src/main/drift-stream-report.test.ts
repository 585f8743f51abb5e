import { describe, expect, it } from "vitest";
import { type DriftReport, disclaimer, type Incident } from "../contracts/index.ts";
import { type AnsweredCase, type DriftCheck, reportStream } from "./drift-stream-report.ts";

const wish = {
  programme: "cataract",
  data: "eyes",
  cases: 6,
  change: "blur",
  at: 3,
  seed: 1,
  includeSeen: false,
} as const;
const time = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, "0")}.000Z`;

const answer = (second: number, made: Partial<AnsweredCase> = {}): AnsweredCase => ({
  id: `case-${second}`,
  createdAt: time(second),
  after: second > wish.at,
  positive: false,
  provisional: false,
  outcome: "negative",
  reason: "fast-confident",
  ...made,
});
const answered = [
  answer(1),
  answer(2, { positive: true }),
  answer(3, { outcome: "person", reason: "fine-uncertain" }),
  answer(4, { positive: true, outcome: "positive" }),
  answer(5, { outcome: "positive" }),
  answer(6, { outcome: "person", reason: "second-look-pending", provisional: true }),
];

const monitor = (made: Partial<DriftReport>): DriftReport => ({
  programme: "cataract",
  release: "0".repeat(64),
  since: time(0),
  at: time(0),
  cases: 0,
  groups: [
    { kind: "look", threshold: 10_000, evidence: 2, alarmed: false, streams: [] },
    { kind: "harm", threshold: 50_000, evidence: 3, alarmed: true, streams: [] },
  ],
  risk: { interval: [0, 1], cases: 0, labels: 0, target: 0.02 },
  unusable: 0,
  auditFactor: 1,
  open: [],
  ...made,
});
const incident = (id: string, openedAt: string): Incident => ({
  id,
  programme: "cataract",
  kind: "harm",
  streams: ["error"],
  state: "open",
  openedAt,
  updatedAt: openedAt,
  cases: [],
  evidence: {},
  waitingFor: [],
});
const report = (checks: readonly DriftCheck[] = [], incidents: readonly Incident[] = []) =>
  reportStream({ wish, images: 9, answered, labelSources: ["audit", "abstention", "audit"], checks, incidents });

describe("the report of a stream", () => {
  it("counts wrong decisions and those of persons apart, before and after the change", () => {
    const { before, after, sent, labels } = report();
    expect(sent).toBe(6);
    expect(before).toMatchObject({ cases: 3, automatic: 2, waiting: 0 });
    expect(before.wrong).toMatchObject({ value: 0.5, n: 2, method: "wilson" });
    expect(before.person).toMatchObject({ value: 0.33333, n: 3 });
    expect(before.reasons).toEqual({ "fast-confident": 2, "fine-uncertain": 1 });
    expect(after).toMatchObject({ cases: 3, automatic: 2, waiting: 1 });
    expect(after.wrong).toMatchObject({ value: 0.5, n: 2 });
    expect(after.person).toMatchObject({ value: 0, n: 2 });
    expect(labels).toEqual({ given: 3, bySource: { audit: 2, abstention: 1 } });
  });

  it("has no share of nothing", () => {
    const empty = reportStream({ wish, images: 9, answered: [], labelSources: [], checks: [], incidents: [] });
    expect(empty.before).toEqual({ cases: 0, automatic: 0, waiting: 0, reasons: {} });
    expect(empty).not.toHaveProperty("firstAlarm");
    expect(empty.watched).toBe(0);
  });

  it("counts what was watched since the stream began, also across a change of release", () => {
    const { watched, checks } = report([
      { sent: 0, report: monitor({ cases: 40 }) },
      { sent: 3, report: monitor({ cases: 43, open: ["one"], band: { step: 2, incident: "one" } }) },
      { sent: 5, report: undefined },
      { sent: 6, report: monitor({ cases: 2, since: time(5) }) },
    ]);
    expect(checks.map((check) => check.watched)).toEqual([0, 3, 3, 5]);
    expect(watched).toBe(5);
    expect(checks[1]).toEqual({
      sent: 3,
      watched: 3,
      look: { evidence: 2, threshold: 10_000, alarmed: false },
      harm: { evidence: 3, threshold: 50_000, alarmed: true },
      bandStep: 2,
      auditFactor: 1,
      open: ["one"],
    });
  });

  it("counts from nothing where nobody watched when it began", () => {
    const { checks } = report([
      { sent: 0, report: undefined },
      { sent: 6, report: monitor({ cases: 6 }) },
    ]);
    expect(checks.map((check) => check.watched)).toEqual([0, 6]);
  });

  it("says how many cases after the change the first alarm came", () => {
    const { firstAlarm, incidents } = report([], [incident("late", time(6)), incident("early", time(5))]);
    expect(firstAlarm).toMatchObject({ id: "early", kind: "harm", cases: 5, casesAfterChange: 2 });
    expect(incidents.map(({ id }) => id)).toEqual(["early", "late"]);
    const before = report([], [incident("false", time(2))]);
    expect(before.firstAlarm?.cases).toBe(2);
    expect(before.firstAlarm).not.toHaveProperty("casesAfterChange");
  });

  it("says that it is a simulation", () => {
    expect(report().simulation).toMatch(/^A simulation on 9 images, .* No clinical evidence\.$/);
    expect(report().disclaimer).toBe(disclaimer);
  });
});
