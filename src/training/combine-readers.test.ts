import { describe, expect, it } from "vitest";
import { bandSchema, type Question } from "../contracts/pack.ts";
import { Random } from "../contracts/random.ts";
import { onePerGroup, proveBand } from "../ensemble/index.ts";
import { calibrateReader, combineReaders, judge, type Scored } from "./combine-readers.ts";
import { isPositive } from "./targets.ts";

const questions: readonly Question[] = [
  { task: "binary", labels: ["normal", "cataract"], positive: ["cataract"] },
  { task: "classes", labels: ["normal", "glaucoma", "myopia"], positive: ["glaucoma", "myopia"] },
  { task: "grades", labels: ["0", "1", "2", "3"], positive: ["2", "3"] },
  { task: "findings", labels: ["none", "effusion", "mass"], positive: ["effusion", "mass"] },
];

/** Scores of two readers that see the truth through noise. */
function scored(question: Question, n: number, clear: number, seed: number, heldShare = 0.4): Scored[] {
  const random = new Random(seed);
  const count = question.labels.length;
  return Array.from({ length: n }, (_, i) => {
    const first = Math.floor(random.between(0, count));
    const labels = question.task === "findings" && first > 0 && random.chance(0.3) ? [1, 2] : [first];
    const outputs = question.task === "binary" ? 1 : question.task === "grades" ? count - 1 : count;
    const score = (k: number): number => {
      const set =
        question.task === "binary" ? first === 1 : question.task === "grades" ? first > k : labels.includes(k);
      return (set ? clear : -clear) + random.between(-3, 3);
    };
    const read = () => Array.from({ length: outputs }, (_each, k) => score(k));
    return {
      id: `i${i}`,
      group: `g${Math.floor(i / 2)}`,
      split: random.chance(heldShare) ? "val" : "train",
      labels,
      fold: Math.floor(i / 2) % 5,
      fast: read(),
      fine: read(),
    };
  });
}

const calibrated = (cases: readonly Scored[], question: Question) => ({
  fast: calibrateReader(cases, "fast", question),
  fine: calibrateReader(cases, "fine", question),
});

describe.each(questions)("a band for $task", (question) => {
  const several = question.task !== "binary";

  it("claims nothing without a validation split", () => {
    const cases = scored(question, 240, 3, 1, 0);
    const band = bandSchema.parse(combineReaders(cases, calibrated(cases, question), question));
    expect(band.certificate).toMatchObject({ certified: false, positives: 0, negatives: 0, misses: 0 });
    expect(proveBand(band).certified).toBe(false);
    expect(band.certificate.provableMissRate).toBe(1);
  });

  it("claims nothing when every image is in the validation split, for none is left to choose on", () => {
    const cases = scored(question, 240, 3, 2, 1);
    const band = bandSchema.parse(combineReaders(cases, calibrated(cases, question), question));
    expect(band.certificate.certified).toBe(false);
    expect(proveBand(band).certified).toBe(false);
  });

  it("claims nothing on readers that guess, and lets few cases pass without a person or a second look", () => {
    const cases = scored(question, 400, 0, 3);
    const band = bandSchema.parse(combineReaders(cases, calibrated(cases, question), question));
    // Learn-then-test may certify a band that decides next to nothing; never one that misses more than it says.
    const proof = proveBand(band);
    expect(proof.certified || !band.certificate.certified).toBe(true);
    expect(proof.missRate).toBeCloseTo(band.certificate.provableMissRate, 3);
  });

  it.each([11, 12])("that is certified decides held-out cases exactly as its counts say (seed %i)", (seed) => {
    const cases = scored(question, 1200, 2.6, seed);
    const calibrations = calibrated(cases, question);
    const band = bandSchema.parse(combineReaders(cases, calibrations, question));
    expect(band.hi === 1).toBe(several);
    expect(band.certificate.certified).toBe(true);
    expect(proveBand(band).certified).toBe(true);
    const held = onePerGroup(
      cases
        .filter(({ split }) => split === "val")
        .map((each) => ({ ...each, positive: isPositive(each.labels, question), combined: 0 }) as never),
    ) as unknown as Scored[];
    const { cascade } = judge(held, calibrations, band, question);
    const positives = cascade.filter(({ labels }) => isPositive(labels, question));
    const negatives = cascade.filter(({ labels }) => !isPositive(labels, question));
    expect(band.certificate).toMatchObject({
      positives: positives.length,
      misses: positives.filter(({ outcome }) => outcome === "negative").length,
      negatives: negatives.length,
      falsePositives: negatives.filter(({ outcome }) => outcome === "positive").length,
    });
  });

  it("follows from nothing but the scores", () => {
    const cases = scored(question, 200, 2, 5);
    const make = () => combineReaders(cases, calibrated(cases, question), question);
    expect(make()).toEqual(make());
    expect(make().cutpoints?.length).toBe(question.task === "grades" ? question.labels.length - 1 : undefined);
  });
});

describe("judging", () => {
  it("hands a foreign or ungradable picture to a person, whatever the readers say", () => {
    const [question] = questions as [Question];
    const cases = scored(question, 200, 3, 7);
    const calibrations = calibrated(cases, question);
    const band = combineReaders(cases, calibrations, question);
    const seen = cases.map((each, i) => ({
      ...each,
      ...(i % 2 === 0 ? { outOfDomain: true } : { gradability: "ungradable" as const }),
    }));
    for (const { outcome } of judge(seen, calibrations, band, question).cascade) expect(outcome).toBe("person");
  });
});
