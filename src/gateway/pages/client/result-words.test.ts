import { describe, expect, it } from "vitest";
import type { CaseRecord, Decision } from "../../../contracts/decision.ts";
import { bandBars, zoneOf } from "./band-geometry.ts";
import * as words from "./result-words.ts";

const programme: words.ProgrammeInfo = {
  id: "cataract",
  title: "Cataract",
  description: "",
  task: "binary",
  labels: ["normal", "cataract"],
  positive: ["cataract"],
  views: ["external-eye"],
  status: "ready",
  quality: { ungradable: { luminanceMin: 20, luminanceMax: 240, contrastMin: 8, sharpnessMin: 1.5 } },
};
const decisionOf = (change: Partial<Decision>): Decision =>
  ({
    outcome: "negative",
    stage: "fast",
    escalated: false,
    reason: "fast-confident",
    gradability: "gradable",
    probabilities: { cataract: 0.1, normal: 0.9 },
    quality: { luminance: 100, contrast: 40, sharpness: 9 },
    band: { lo: 0.2, hi: 0.8, a: 0.3, b: 0.7 },
    ...change,
  }) as Decision;
const caseOf = (change: Partial<Decision>, fast = 0.1): CaseRecord =>
  ({
    decision: decisionOf(change),
    readings: [{ reader: "fast", probabilities: { cataract: fast } }],
  }) as unknown as CaseRecord;

describe("the words for results", () => {
  it.each([
    ["person", "A person must look"],
    ["positive", "Signs of cataract"],
    ["negative", "No sign of cataract found"],
  ] as const)("say %s as a clinic would", (outcome, said) =>
    expect(words.outcomeWords(decisionOf({ outcome }), programme)).toBe(said),
  );

  it("say what is wrong with a picture, all of it, and what to do", () => {
    const poor = decisionOf({ reason: "ungradable", quality: { luminance: 5, contrast: 40, sharpness: 0.5 } });
    expect(words.pictureAdvice(poor, programme)).toBe(
      "The picture is too dark and too blurred. Take the picture again.",
    );
    const border = decisionOf({ reason: "ungradable" });
    expect(words.pictureAdvice(border, programme)).toMatch(/too poor to be judged/);
  });

  it("say that a picture is of the wrong kind", () => {
    const strange = decisionOf({ reason: "out-of-domain" });
    expect(words.pictureAdvice(strange, programme)).toMatch(
      /^This does not look like a photograph of the outside of an eye\./,
    );
    expect(words.pictureAdvice(strange, { ...programme, views: ["chest"] })).not.toMatch(/eye/);
    expect(words.pictureAdvice(decisionOf({}), programme)).toBeUndefined();
  });

  it.each([
    [{}, 0.1, /^No/],
    [{ escalated: true }, 0.5, /not sure/],
    [{ escalated: true, gradability: "usable" as const }, 0.1, /quality/],
    [{ escalated: true, reason: "out-of-domain" as const }, 0.1, /unlike/],
  ])("say why the fine reader was asked: %j at %f", (change, fast, said) =>
    expect(words.escalationWords(caseOf(change, fast), programme)).toMatch(said),
  );

  it.each([
    [0.9996, "over 99.9 %"],
    [0.0004, "under 0.1 %"],
    [0.1234, "12.3 %"],
    [1, "100.0 %"],
  ])("show %f as %s", (probability, shown) => expect(words.percent(probability)).toBe(shown));
});

describe("the bars of a result", () => {
  it("hold the fast score against lo and hi, and a second score against a and b only where the fine reader looked", () => {
    expect(bandBars(caseOf({}), programme)).toEqual([{ what: "fast", low: 0.2, high: 0.8, score: 0.1 }]);
    const both = bandBars(caseOf({ stage: "fine", escalated: true }, 0.5), programme);
    expect(both).toEqual([
      { what: "fast", low: 0.2, high: 0.8, score: 0.5 },
      { what: "both", low: 0.3, high: 0.7, score: 0.1 },
    ]);
  });

  it("give a threshold itself to the sure side, as the decision does", () => {
    const at = (score: number) => zoneOf({ what: "fast", low: 0.2, high: 0.8, score });
    expect([0.2, 0.200001, 0.799999, 0.8].map(at)).toEqual(["negative", "uncertain", "uncertain", "positive"]);
  });
});

describe("the words for programmes with several labels", () => {
  const foot = { ...programme, title: "Hallux valgus", positive: ["flatfoot", "foot-ulcer", "hallux-valgus"] };
  const eye = {
    ...programme,
    id: "diabetic-retinopathy",
    title: "Diabetic retinopathy",
    task: "grades" as const,
    positive: ["2", "3", "4"],
  };
  const chest = {
    ...programme,
    title: "Chest X-ray",
    task: "findings" as const,
    positive: ["Mass", "Edema", "Nodule", "Pleural_Thickening"],
  };

  it("name what was found, and all that was looked for", () => {
    const positive = decisionOf({ outcome: "positive", label: "hallux-valgus" });
    expect(words.outcomeWords(positive, foot)).toBe("Signs of hallux valgus");
    expect(words.outcomeWords(decisionOf({}), foot)).toBe("No sign of flatfoot, foot ulcer or hallux valgus found");
    expect(words.outcomeWords(decisionOf({}), chest)).toBe("No sign of any of the 4 findings found");
  });

  it("name the most probable of several findings without saying that it is the only one", () =>
    expect(words.outcomeWords(decisionOf({ outcome: "positive", label: "Pleural_Thickening" }), chest)).toBe(
      "Signs of a finding, most probably pleural thickening",
    ));

  it("say what a grade grades", () => {
    expect(words.outcomeWords(decisionOf({ outcome: "positive", label: "3" }), eye)).toBe(
      "Signs of diabetic retinopathy, grade 3 (severe)",
    );
    expect(words.outcomeWords(decisionOf({}), eye)).toBe("No sign of diabetic retinopathy of grade 2 or more found");
  });

  it("lay the band on the probability of any positive label, and understand records from before there were several", () => {
    expect(words.suspicionOf({ positiveProbability: 0.7, probabilities: {} }, foot)).toBe(0.7);
    expect(words.suspicionOf({ probabilities: { cataract: 0.3 } }, programme)).toBe(0.3);
  });
});
