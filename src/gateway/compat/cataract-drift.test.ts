import { beforeEach, describe, expect, it } from "vitest";
import { type TestDeps, testDeps } from "../../../test/support/gateway.ts";
import { cataract } from "../../../test/support/programme.ts";
import type { DriftFigures, DriftQuestion, DriftReport, EvaluationRecord, Programme } from "../../contracts/index.ts";
import { Problem } from "../../contracts/index.ts";
import { createApp } from "../app.ts";
import type { Serving } from "../serving.ts";
import { createDrift, distanceFromUniform, driftSchema } from "./cataract-drift.ts";

let figures: DriftFigures;
let questions: DriftQuestion[];
let now: number;
const withDrift = (more: Partial<TestDeps> = {}): TestDeps => {
  const deps = testDeps({}, more);
  const driftFigures = async (question: DriftQuestion) => {
    questions.push(question);
    return figures;
  };
  return { ...deps, cases: { ...deps.cases, driftFigures } };
};
beforeEach(() => {
  figures = { keptCases: 0, countedAll: true, domainPValues: [] };
  questions = [];
  now = 1000;
});
const read = async (deps: TestDeps, path = "/drift_status") => {
  const response = await createApp(deps).request(path);
  expect(response.status).toBe(200);
  return driftSchema.parse(await response.json());
};

describe("the distance from the uniform distribution", () => {
  // By hand: the steps of the empirical distribution against the diagonal.
  it.each([
    [[], 0],
    [[0.5], 0.5],
    [[1], 1],
    [[0.01], 0.99],
    [[0.25, 0.75], 0.25],
    [[0.5, 0.5, 0.5, 0.5], 0.5],
    [[0.9, 0.2, 0.4], 4 / 15],
    [[0.1, 0.1, 0.2, 0.9], 0.55],
  ] as [number[], number][])("of %j is %d", (values, distance) => {
    expect(distanceFromUniform(values)).toBeCloseTo(distance, 9);
  });

  it("is half a step for values that lie as evenly as they can, and changes nothing of what it is given", () => {
    const even = Array.from({ length: 1000 }, (_, i) => (i + 0.5) / 1000).reverse();
    const before = [...even];
    expect(distanceFromUniform(even)).toBeCloseTo(0.0005, 9);
    expect(even).toEqual(before);
  });
});

describe.each(["", "/p/cataract"])("drift at %j", (mount) => {
  it("that nothing was seen of is none, and says so", async () => {
    const answer = await read(withDrift(), `${mount}/drift_status`);
    expect(answer).toMatchObject({ unlabeled_samples: 0, drift_score: 0, n: 0, critical_value: null, exceeded: false });
    expect(answer.message).toMatch(/Nothing was seen/);
    // The server's start: the source's key is never null.
    expect(answer.last_updated).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
  });

  it("of images that look foreign is said, with n and the critical value", async () => {
    figures = {
      keptCases: 12,
      countedAll: false,
      newestAt: "2026-01-01T10:00:00.123Z",
      domainPValues: Array.from({ length: 100 }, (_, i) => (i + 1) / 400),
    };
    const answer = await read(withDrift(), `${mount}/drift_status`);
    expect(answer).toMatchObject({
      unlabeled_samples: 12,
      unlabeled_samples_is_all: false,
      drift_score: 0.75,
      n: 100,
      exceeded: true,
      last_updated: "2026-01-01T10:00:00.123000",
    });
    expect(answer.critical_value).toBeCloseTo(0.1358, 9);
    expect(answer.reference.pack).toBe(`cataract/fast-0@${"a".repeat(12)}`);
    expect(questions).toEqual([
      { programme: "cataract", digest: cataract.fast.digest, casesMax: 1000, countMax: 10_000 },
    ]);
    expect(answer.disclaimer).toMatch(/Research use only/);
  });
});

describe("drift where a monitor that watches", () => {
  const group = (kind: "look" | "harm", evidence: number, alarmed = false) => ({
    kind,
    evidence,
    alarmed,
    threshold: 10_000,
    streams: [],
  });
  const report = (groups: DriftReport["groups"], open: string[] = []): DriftReport => ({
    programme: "cataract",
    release: "a".repeat(64),
    since: "2026-01-01T10:00:00.000Z",
    at: "2026-01-01T11:00:00.000Z",
    cases: 1200,
    groups,
    risk: { value: 0.03, interval: [0.01, 0.08], cases: 1200, labels: 40, target: 0.05 },
    unusable: 0,
    auditFactor: 1,
    open,
  });
  const watching = (one: DriftReport) =>
    withDrift({
      drift: { reports: async () => [one], incidents: async () => [], incident: async () => undefined },
    });

  it("has found nothing is how far it is from its alarm", async () => {
    const answer = await read(watching(report([group("look", 100), group("harm", 0.5)])));
    expect(answer).toMatchObject({ drift_score: 0.5, n: 1200, critical_value: 1, exceeded: false });
    expect(answer.monitor).toMatchObject({ audited_risk: 0.03, labels: 40, incidents: [] });
  });

  it("has raised an alarm is that alarm, with its incident", async () => {
    const answer = await read(watching(report([group("look", 1), group("harm", 20_000, true)], ["cataract-harm-1"])));
    expect(answer).toMatchObject({ drift_score: 1, exceeded: true });
    expect(answer.message).toContain("/v1/incidents/cataract-harm-1");
  });

  it("is there for another programme only is as it was without", async () => {
    const answer = await read(watching({ ...report([group("look", 1)]), programme: "chest-xray" }));
    expect(answer).toMatchObject({ monitor: null, n: 0, critical_value: null });
  });
});

describe("drift", () => {
  it("of images as the reader knows them stays below the critical value", async () => {
    figures = { keptCases: 50, countedAll: true, domainPValues: Array.from({ length: 50 }, (_, i) => (i + 0.5) / 50) };
    const answer = await read(withDrift());
    expect(answer).toMatchObject({ n: 50, exceeded: false });
    expect(answer.drift_score).toBeCloseTo(0.01, 9);
  });

  it("shows figures of exactly the loaded packs, or that there are none", async () => {
    const none = (await read(withDrift())).model_performance;
    expect(none).toMatchObject({ clip: "n/a", lgbm: "n/a", cascade: "n/a", data: null, clip_loaded: true });
    const figure = (value: number) => ({ value, interval: [0.7, 1] as [number, number], n: 49, method: "wilson" });
    const evaluation: EvaluationRecord = {
      programme: "cataract",
      packs: { fast: "cataract/fast-0", fine: "cataract/fine-0", cascade: "cataract/cascade-0" },
      digests: { fast: cataract.fast.digest, fine: cataract.fine.digest },
      data: { sets: ["eyes"], split: "test", images: 49, groups: 49, perLabel: { normal: 33, cataract: 16 } },
      figures: { fast: { accuracy: figure(0.9) }, fine: { accuracy: figure(0.95) }, cascade: { auc: figure(0.97) } },
    };
    const measured: Programme = { ...cataract, evaluation };
    const programmes = { programmes: new Map([["cataract", measured]]) };
    expect((await read(withDrift({ programmes }))).model_performance).toMatchObject({
      clip: { accuracy: { value: 0.95, interval: [0.7, 1], n: 49 } },
      lgbm: { accuracy: { value: 0.9 } },
      cascade: { auc: { value: 0.97 } },
      data: { sets: ["eyes"], split: "test", images: 49, groups: 49 },
    });
  });

  it("asks the database once in a while, however many ask, and again after a failure", async () => {
    const deps = withDrift();
    const clock = { ...deps.clock, now: () => now };

    const drift = createDrift({ ...deps, clock } as unknown as Serving);
    await Promise.all([drift(), drift(), drift()]);
    now += 9999;
    await drift();
    expect(questions).toHaveLength(1);
    now += 2;
    await drift();
    expect(questions).toHaveLength(2);
    let failures = 1;
    const driftFigures = async () => {
      if (failures-- > 0) throw new Problem("store-unavailable");
      return figures;
    };
    const broken = { ...deps, clock, cases: { ...deps.cases, driftFigures } };

    const again = createDrift(broken as unknown as Serving);
    await expect(again()).rejects.toMatchObject({ code: "store-unavailable" });
    expect((await again()).n).toBe(0);
  });
});
