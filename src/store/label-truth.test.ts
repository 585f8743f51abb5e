import { describe, expect, it } from "vitest";
import type { CaseLabel, LabelRole } from "../contracts/index.ts";
import { isRepeated, labelledCase, truthOf } from "./label-truth.ts";

const said = (text: string): CaseLabel[] =>
  text
    .split(" ")
    .filter((each) => each !== "")
    .map((each, i) => {
      const [by, role, label] = each.split("/") as [string, LabelRole, string];
      const at = `2026-01-01T00:00:0${i}.000Z`;
      return { id: `${i}`, caseId: "c", programme: "p", positive: label === "ill", by, role, label, at };
    });

describe("what holds of the labels of a case", () => {
  it.each([
    ["nothing where nobody spoke", "", undefined, false],
    ["what the only one said", "ann/reader/ill", "ill", false],
    ["what all say", "ann/reader/ill bob/reader/ill", "ill", false],
    ["nothing where two of the same role differ", "ann/reader/ill bob/reader/well", undefined, true],
    ["nothing where one of three differs", "ann/reader/ill bob/reader/well cy/reader/ill", undefined, true],
    ["what a senior says, whenever that was", "sue/senior/well ann/reader/ill bob/reader/ill", "well", false],
    ["what an adjudicator says of two seniors", "sue/senior/well tom/senior/ill ad/adjudicator/ill", "ill", false],
    [
      "nothing where the adjudicators differ",
      "sue/senior/well ad/adjudicator/ill al/adjudicator/well",
      undefined,
      true,
    ],
    ["what somebody says instead of what they said", "ann/reader/ill ann/reader/well", "well", false],
    ["what they come to agree on", "ad/adjudicator/ill al/adjudicator/well ad/adjudicator/well", "well", false],
    [
      "nothing where somebody went over to a new contradiction",
      "ann/reader/ill bob/reader/ill ann/reader/well",
      undefined,
      true,
    ],
    ["that it cannot be judged, which is a label", "ann/reader/ungradable", "ungradable", false],
    [
      "what one said in the higher role, also after they spoke in the lower",
      "ann/senior/ill ann/reader/well",
      "ill",
      false,
    ],
  ] as const)("is %s", (_what, labels, truth, conflict) => {
    expect(labelledCase("c", said(labels))).toEqual({
      caseId: "c",
      labels: said(labels),
      conflict,
      ...(truth !== undefined && { truth }),
    });
  });

  it("is the newest of those that agree", () =>
    expect(truthOf(said("ann/senior/ill bob/senior/ill cy/reader/well")).truth?.by).toBe("bob"));
});

describe("a label that is sent again", () => {
  const before = said("ann/reader/ill bob/reader/well ann/reader/well");
  it.each([
    ["ann/reader/well", true],
    ["ann/reader/ill", false],
    ["ann/senior/well", false],
    ["bob/reader/well", true],
    ["cy/reader/well", false],
  ] as const)("%s is known: %s", (label, isKnown) => {
    expect(isRepeated(before, said(label)[0] as CaseLabel)).toBe(isKnown);
  });
});
