import { beforeAll, describe, expect, it } from "vitest";
import type { Stratum } from "../../contracts/index.ts";
import { Random } from "../../contracts/random.ts";
import { fitEmbeddingReference, placeOf } from "../../ensemble/index.ts";
import { embeddingStream } from "../generators/embeddings.ts";
import { Normals } from "../generators/streams.ts";
import { type Alarm, DriftMonitor, type DriftReference, type HarmStream, harmOf, sideOf } from "../index.ts";
import type { ReadCase } from "./drift-monitor.ts";

const rates = {
  fine: { "fast-negative": 0.05, "fast-positive": 0.2, band: 1 },
  human: { "fast-negative": 0.05, "fast-positive": 0.05, band: 0.1 },
} as const;
type Fitted = ReturnType<typeof fitEmbeddingReference>;
let projection: Fitted["projection"];
let reference: DriftReference;
const band = { lo: 0.2, hi: 0.8 };
beforeAll(() => {
  const normals = new Normals(new Random(1));
  const images = embeddingStream(1, { kind: "none" }, 0);
  const fitted = fitEmbeddingReference(
    Array.from({ length: 600 }, () => images.next().value as Float64Array),
    false,
  );
  projection = fitted.projection;
  const fastLogOdds = Array.from({ length: 1000 }, () => 2 * normals.next());
  const share = (side: Stratum) => ({
    events: fastLogOdds.filter((each) => sideOf(each, band) === side).length,
    cases: fastLogOdds.length,
  });
  reference = {
    id: "calibrate-1",
    embedding: fitted.reference,
    fastLogOdds,
    groups: fastLogOdds.length,
    band,
    shares: { "fast-negative": share("fast-negative"), "fast-positive": share("fast-positive"), band: share("band") },
    disagreement: {
      "fast-negative": { events: 6, cases: 600 },
      "fast-positive": { events: 4, cases: 200 },
      band: { events: 60, cases: 200 },
    },
    errorRateMax: 0.05,
  };
});

interface World {
  readonly disagreement: number;
  readonly error: number;
  readonly shift: number;
}
const usual: World = { disagreement: 0.01, error: 0.03, shift: 0 };

/** Runs cases of one world after another through a monitor; returns alarms with the case they came at. */
function live(monitor: DriftMonitor, seed: number, cases: number, worldAt: (i: number) => World, repeats = 1) {
  const random = new Random(seed, 21);
  const normals = new Normals(random);
  const images = embeddingStream(seed, { kind: "none" }, 0);
  const alarms: { at: number; alarm: Alarm }[] = [];
  for (let i = 0; i < cases; i++) {
    const { disagreement, error, shift } = worldAt(i);
    const band = random.chance(0.2);
    const stratum = band ? "band" : "fast-negative";
    const audit = monitor.nextAudit(stratum);
    const one: ReadCase = {
      group: `${seed}/${i}`,
      stratum,
      fastLogOdds: 2 * normals.next(),
      embedding: placeOf(
        (images.next().value as Float64Array).map((value) => value + shift),
        projection,
      ),
      disagrees: random.chance(audit.fine) ? random.chance(band ? 0.3 : disagreement) : undefined,
    };
    const wrong = random.chance(error);
    const claimed = 0.3;
    const positive = random.chance(claimed);
    const judgement = random.chance(audit.human) ? { positive, claimed, wrong } : undefined;
    for (let k = 0; k < repeats; k++) {
      for (const alarm of monitor.update(one)) alarms.push({ at: i, alarm });
      for (const alarm of monitor.settle({ group: one.group, probability: audit.human, judgement }))
        alarms.push({ at: i, alarm });
    }
  }
  return alarms;
}

describe("the drift monitor refuses, and takes nothing of,", () => {
  it.each([
    ["a case without its embedding", { embedding: undefined }],
    ["an embedding of another length", { embedding: [1, 2] }],
    ["log-odds that are none", { fastLogOdds: Number.NaN }],
  ])("%s", (_, change) => {
    const monitor = new DriftMonitor(reference, rates);
    const before = monitor.save();
    const one = { group: "g", stratum: "band", fastLogOdds: 0, embedding: Array(32).fill(0), disagrees: false };
    expect(() => monitor.update({ ...one, ...change } as ReadCase)).toThrow(RangeError);
    expect(monitor.save()).toEqual(before);
  });

  it("an audit rarer than any that was planned", () => {
    const monitor = new DriftMonitor(reference, rates);
    const judgement = { positive: true, claimed: 0.5, wrong: true };
    const before = monitor.save();
    expect(() => monitor.settle({ group: "g", probability: 0.001, judgement })).toThrow(RangeError);
    expect(monitor.save()).toEqual(before);
  });

  it("the state of another reference", () =>
    expect(
      () => new DriftMonitor({ ...reference, id: "calibrate-2" }, rates, new DriftMonitor(reference, rates).save()),
    ).toThrow("calibrate-1"));
});

describe("the drift monitor", () => {
  it("goes on after a restart bit for bit, from a state of at most 64 KB without names", () => {
    const whole = new DriftMonitor(reference, rates);
    live(whole, 1, 1500, () => usual);
    const text = JSON.stringify(whole.save());
    expect(text.length).toBeLessThanOrEqual(65_536);
    expect(text).not.toContain("1/1499");
    const restored = new DriftMonitor(reference, rates, JSON.parse(text));
    for (const monitor of [whole, restored]) live(monitor, 2, 300, () => usual);
    expect(restored.save()).toEqual(whole.save());
    expect(restored.groups.map(({ value }) => value)).toEqual(whole.groups.map(({ value }) => value));
  });

  it("looks at a harmless change of the images and never calls it harm: 20 streams, no retraining", () => {
    let looks = 0;
    for (let seed = 0; seed < 20; seed++) {
      const alarms = live(new DriftMonitor(reference, rates), 100 + seed, 1500, (i) => ({
        ...usual,
        shift: i < 300 ? 0 : 0.6,
      }));
      looks += alarms.filter(({ alarm }) => alarm.group === "look").length;
      expect(alarms.filter(({ alarm }) => alarm.group === "harm")).toEqual([]);
    }
    expect(looks).toBe(20);
  });

  it("audits five times as much after a look alarm", () => {
    const monitor = new DriftMonitor(reference, rates);
    expect(monitor.nextAudit("fast-negative").human).toBe(0.05);
    live(monitor, 3, 200, () => ({ ...usual, shift: 1 }));
    expect(monitor.nextAudit("fast-negative").human).toBe(0.25);
  });

  it("suspects harm when audits of sure cases disagree, with the band as it was", () => {
    const alarms = live(new DriftMonitor(reference, rates), 4, 4000, (i) => ({
      ...usual,
      disagreement: i < 500 ? 0.01 : 0.2,
    }));
    const harm = alarms.filter(({ alarm }) => alarm.group === "harm");
    expect(harm).toHaveLength(1);
    expect(harm[0]?.at).toBeGreaterThan(500);
    expect(harm[0]?.alarm.stream).toBe("disagreement-negative");
    expect(harmOf([harm[0]?.alarm.stream as HarmStream])).toBe("suspicion");
  });

  it("finds errors that both readers make together, where they never disagree", () => {
    const monitor = new DriftMonitor(reference, rates);
    const alarms = live(monitor, 5, 6000, (i) => ({ ...usual, error: i < 500 ? 0.03 : 0.3 }));
    const harm = alarms.filter(({ alarm }) => alarm.group === "harm");
    expect(harm.map(({ alarm }) => alarm.stream)).toEqual(["error"]);
    expect(harmOf(harm.map(({ alarm }) => alarm.stream as HarmStream))).toBe("harm");
    const silent = monitor.groups[1]?.streams.find(({ stream }) => stream === "disagreement-negative");
    expect(silent?.value).toBeLessThan(50_000);
  });

  it("gives ten images of each patient the weight of one", () => {
    const [once, often] = [new DriftMonitor(reference, rates), new DriftMonitor(reference, rates)];
    live(once, 6, 300, () => usual);
    live(often, 6, 300, () => usual, 10);
    expect(often.groups.map(({ value }) => value)).toEqual(once.groups.map(({ value }) => value));
  });

  it("does without embeddings where the reader has none", () => {
    const { embedding: _, ...without } = reference;
    const monitor = new DriftMonitor(without, rates);
    monitor.update({ group: "g", stratum: "band", fastLogOdds: 0, disagrees: true });
    expect(monitor.groups[0]?.streams.map(({ stream }) => stream)).toEqual([
      "score",
      "share-negative",
      "share-positive",
      "share-band",
      "band-disagreement",
    ]);
  });

  it("begins anew when an incident is closed", () => {
    const monitor = new DriftMonitor(reference, rates);
    live(monitor, 7, 300, () => ({ ...usual, shift: 1 }));
    expect(monitor.groups[0]?.alarm).toBeDefined();
    monitor.restart("look");
    expect(monitor.groups[0]).toMatchObject({ value: 0, alarm: undefined });
    monitor.restart("harm");
    expect(monitor.groups[1]?.value).toBe(0);
  });
});
