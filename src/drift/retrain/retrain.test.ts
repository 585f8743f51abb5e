import { describe, expect, it } from "vitest";
import { Random } from "../../contracts/random.ts";
import {
  decideRetrain,
  endRetrain,
  harmOf,
  humanWeight,
  type LabelSource,
  labelSplit,
  modelAnswerShown,
  nextLabelSource,
  noRetraining,
  type RetrainFacts,
  requestRetrain,
  type SourceCounts,
  teacherLabels,
  teacherThreshold,
  widenedStep,
} from "../index.ts";
import type { TeacherAudit, TeacherCase } from "./training-data.ts";

const labelSources: readonly LabelSource[] = ["abstention", "audit", "alarm", "repeat"];
const dayMs = 24 * 3_600_000;
const facts: RetrainFacts = {
  labels: { total: 200, fromAlarmedRegion: 50 },
  riskNow: 0.08,
  riskTarget: 0.05,
  casesPerDay: 1000,
  daysToNext: 10,
  errorsPerTraining: 100,
};
const queued = requestRetrain(noRetraining, "alarm-1");

describe("a retraining waits for", () => {
  it.each([
    ["an alarm of harm", noRetraining, {}, "alarm"],
    ["labels", queued, { labels: { total: 199, fromAlarmedRegion: 50 } }, "1 more labels"],
    ["labels of the region", queued, { labels: { total: 500, fromAlarmedRegion: 49 } }, "alarmed region"],
    ["a benefit above the cost", queued, { casesPerDay: 300 }, "benefit"],
    ["a risk that was measured", queued, { riskNow: Number.NaN }, "benefit"],
    ["the one that runs", { ...queued, running: "alarm-0" }, {}, "runs"],
    ["the day after the last", { ...queued, startsMs: [9 * dayMs + 1] }, {}, "day after"],
    ["a person, after three in a week", { ...queued, startsMs: [4, 6, 8].map((day) => day * dayMs) }, {}, "a person"],
  ])("%s", (_, state, change, word) => {
    const decision = decideRetrain(state, { ...facts, ...change }, 10 * dayMs);
    expect(decision).toMatchObject({ start: false, waitingFor: [expect.stringContaining(word)] });
  });
});

describe("a retraining", () => {
  it("starts once for a burst of 100 alarms, and not again within the day", () => {
    let state = noRetraining;
    let started: string[] = [];
    let nowMs = 1000;
    for (let i = 0; i < 100; i++) {
      state = requestRetrain(state, `alarm-${i}`);
      nowMs += 1000;
      const decision = decideRetrain(state, facts, nowMs);
      if (decision.start) started = [...started, decision.alarmId];
      state = decision.state;
    }
    expect(started).toEqual(["alarm-0"]);
    state = requestRetrain(endRetrain(state), "alarm-next");
    expect(decideRetrain(state, facts, nowMs + dayMs / 2)).toMatchObject({ start: false });
    expect(decideRetrain(state, facts, nowMs + dayMs)).toMatchObject({ start: true, alarmId: "alarm-next" });
  });

  it("starts three times in seven days at most, however long alarms go on", () => {
    let state = noRetraining;
    const starts: number[] = [];
    for (let hour = 0; hour < 24 * 30; hour++) {
      const decision = decideRetrain(requestRetrain(state, `alarm-${hour}`), facts, hour * 3_600_000);
      if (decision.start) starts.push(hour);
      state = decision.start ? endRetrain(decision.state) : decision.state;
    }
    for (const start of starts)
      expect(starts.filter((each) => each >= start && each < start + 24 * 7).length).toBeLessThanOrEqual(3);
    expect(starts.length).toBeGreaterThan(8);
    expect(state.startsMs.length).toBeLessThanOrEqual(3);
  });

  it("is never asked for by readers that disagree alone", () => {
    expect(harmOf([])).toBe("none");
    expect(harmOf(["disagreement-negative", "disagreement-positive"])).toBe("suspicion");
    expect(harmOf(["disagreement-negative", "error"])).toBe("harm");
    expect(harmOf(["probability-too-low"])).toBe("harm");
    expect([60, 1, 0].map(widenedStep)).toEqual([30, 0, 0]);
  });
});

describe("the label queue", () => {
  const none: SourceCounts = { abstention: 0, audit: 0, alarm: 0, repeat: 0 };
  const plenty: SourceCounts = { abstention: 999, audit: 999, alarm: 999, repeat: 999 };
  const drawn = (waiting: SourceCounts, count: number): SourceCounts => {
    const shown: Record<LabelSource, number> = { ...none };
    for (let i = 0; i < count; i++) {
      const source = nextLabelSource(shown, waiting);
      if (source !== undefined) shown[source]++;
    }
    return shown;
  };

  it("keeps 40, 30, 20 and 10 %, never more than one off", () => {
    for (const count of [10, 37, 100, 250]) {
      const shown = drawn(plenty, count);
      for (const [i, source] of labelSources.entries())
        expect(Math.abs(shown[source] - count * ([0.4, 0.3, 0.2, 0.1][i] as number))).toBeLessThanOrEqual(1);
    }
  });

  it("gives what a source lacks to the others, and nothing when nothing waits", () => {
    expect(drawn({ ...plenty, abstention: 0 }, 60)).toMatchObject({ abstention: 0, audit: 26 });
    expect(nextLabelSource(none, none)).toBeUndefined();
  });

  it("takes the alarmed region first while harm is looked into", () => {
    expect(nextLabelSource({ ...none, alarm: 50 }, plenty, true)).toBe("alarm");
    expect(nextLabelSource(none, { ...plenty, alarm: 0 }, true)).toBe("abstention");
  });

  it("hides the models' answer from those who judge them", () =>
    expect(labelSources.filter(modelAnswerShown)).toEqual(["abstention"]));
});

describe("training data", () => {
  it("undo the selection of labels, up to ten times", () => {
    expect([1, 0.2, 0.1, 0.01].map(humanWeight)).toEqual([1, 5, 10, 10]);
    expect(() => humanWeight(0)).toThrow(RangeError);
  });

  it("keep a group in one split for ever, a tenth each to prove with", () => {
    const splits = Array.from({ length: 10_000 }, (_, i) => labelSplit(`group-${i}`, "secret"));
    expect(labelSplit("group-7", "secret")).toBe(splits[7]);
    for (const split of ["calibrate", "fresh-holdout"] as const)
      expect(splits.filter((each) => each === split).length / 10_000).toBeCloseTo(0.1, 1);
  });

  const audits = (n: number, wrongBelow: number): TeacherAudit[] => {
    const random = new Random(n);
    return Array.from({ length: n }, (_, i) => {
      const sureness = 0.5 + (0.5 * i) / n;
      return { sureness, right: sureness >= wrongBelow || random.chance(0.8) };
    });
  };

  it("take teacher labels only where audits have shown them right: 149 without an error are the least", () => {
    expect(teacherThreshold(audits(148, 0))).toBeUndefined();
    expect(teacherThreshold(audits(149, 0))).toBe(0.5);
    expect(teacherThreshold([])).toBeUndefined();
    const tau = teacherThreshold(audits(2000, 0.8)) as number;
    expect(tau).toBeGreaterThan(0.78);
    expect(tau).toBeLessThan(0.82);
    expect(teacherThreshold(audits(2000, 1.1))).toBeUndefined();
  });

  const candidates: TeacherCase[] = Array.from({ length: 400 }, (_, i) => ({
    id: `${i}`,
    group: `${i}`,
    combined: i % 4 === 0 ? 0.999 - i * 1e-6 : 0.001 + i * 1e-6,
    abstained: i === 1,
    outOfDomain: i === 2,
  }));
  const question = {
    cases: candidates,
    tau: 0.99,
    keptApart: new Set(["3"]),
    human: { positives: 20, negatives: 30 },
    student: "fast" as const,
  };

  it("never teach the reader that made the labels, nor without a threshold", () => {
    expect(teacherLabels({ ...question, student: "fine" })).toEqual([]);
    expect(teacherLabels({ ...question, tau: undefined })).toEqual([]);
  });

  it("take no abstention, nothing strange, nothing that proves, and at most two a human label in the people's mix", () => {
    const labels = teacherLabels(question);
    expect(labels.filter(({ positive }) => positive)).toHaveLength(40);
    expect(labels.filter(({ positive }) => !positive)).toHaveLength(60);
    for (const id of ["1", "2", "3"]) expect(labels.map((label) => label.id)).not.toContain(id);
    expect(new Set(labels.map(({ weight }) => weight))).toEqual(new Set([0.5]));
    const scarce = teacherLabels({ ...question, human: { positives: 100, negatives: 100 } });
    expect(scarce.filter(({ positive }) => positive)).toHaveLength(100);
    expect(scarce.filter(({ positive }) => !positive)).toHaveLength(100);
  });

  it("do not let a model teach itself its own confident error over five rounds", () => {
    // A score on a line; truth is above 0, but in [-1, -0.9] a model that leans on its own labels says positive.
    const random = new Random(12);
    let errorBefore = 0.1;
    for (let round = 0; round < 5; round++) {
      const cases = Array.from({ length: 2000 }, (_, i) => ({ id: `${round}/${i}`, x: random.between(-1, 1) }));
      const says = (x: number): boolean => x > 0 || (x < -0.9 && random.chance(errorBefore * 10));
      const audited = cases
        .filter(() => random.chance(0.25))
        .map(({ x }) => ({ sureness: 0.5 + Math.abs(x) / 2, right: says(x) === x > 0 }));
      const tau = teacherThreshold(audited);
      const human = cases.filter(() => random.chance(0.05));
      const labels = teacherLabels({
        cases: cases.map(({ id, x }) => ({
          id,
          group: id,
          combined: says(x) ? 0.5 + Math.abs(x) / 2 : 0.5 - Math.abs(x) / 2,
          abstained: false,
          outOfDomain: false,
        })),
        tau,
        keptApart: new Set(),
        human: {
          positives: human.filter(({ x }) => x > 0).length,
          negatives: human.filter(({ x }) => x <= 0).length,
        },
        student: "fast",
      });
      expect(labels.length).toBeLessThanOrEqual(2 * human.length);
      const xOf = new Map(cases.map(({ id, x }) => [id, x]));
      const inRegion = labels.filter(({ id }) => (xOf.get(id) as number) < -0.9);
      const wrong = inRegion.filter(({ positive }) => positive).length * 0.5;
      const people = human.filter(({ x }) => x < -0.9).length + inRegion.filter(({ positive }) => !positive).length / 2;
      const error = (wrong / Math.max(1, wrong + people)) * 0.1;
      expect(error).toBeLessThanOrEqual(errorBefore);
      errorBefore = error;
    }
    expect(errorBefore).toBeLessThan(0.05);
  });
});
