import { describe, expect, it } from "vitest";
import { drawnSvg } from "../../../test/support/drawn-svg.ts";
import { drawConfusion } from "./confusion-figure.ts";
import { drawDeferral } from "./deferral-figure.ts";
import { drawReliability } from "./reliability-figure.ts";
import { drawRiskCoverage } from "./risk-coverage-figure.ts";
import { drawRoc } from "./roc-figure.ts";

const hostile = `Grade <2> & "more"`;
const area = { value: 0.95, interval: [0.9, 0.98] as const };
const roc = { name: hostile, area, points: [0, 0.5, 1].map((at) => ({ falsePositiveRate: at, sensitivity: at })) };
const points = [
  { coverage: 0.5, risk: 0 },
  { coverage: 1, risk: 0.1 },
];
const curve = [
  { escalated: 0, accuracy: 0.9 },
  { escalated: 1, accuracy: 0.95 },
];
const bins = [{ claimed: 0.2, found: { value: 0.25, interval: [0.1, 0.4] as const, n: 40 } }];

const figures = {
  roc: drawRoc({
    title: hostile,
    positives: 15,
    negatives: 25,
    readers: [{ ...roc, operating: { falsePositiveRate: 0.1, sensitivity: 0.8 } }],
  }),
  confusion: drawConfusion({
    title: hostile,
    labels: ["normal", hostile],
    matrix: [
      [20, 5],
      [3, 12],
    ],
  }),
  reliability: drawReliability({ title: hostile, bins, error: { value: 0.05, debiased: 0.03 } }),
  riskCoverage: drawRiskCoverage({
    title: hostile,
    n: 40,
    readers: [{ name: hostile, points }],
    operating: { name: "Band", coverage: 0.9, risk: 0.05 },
  }),
  deferral: drawDeferral({
    title: hostile,
    n: 40,
    byConfidence: curve,
    random: curve,
    oracle: curve,
    operating: { name: "Band", escalated: 0.2, accuracy: 0.93 },
  }),
};

/** Every `x` and its text's rough right end must lie within the picture. */
function outside(svg: string): string[] {
  const width = Number(/ width="(\d+)"/.exec(svg)?.[1]);
  const found = svg.matchAll(/<text x="([\d.-]+)" y="[\d.-]+" font-size="(\d+)" text-anchor="(\w+)"([^>]*)>([^<]*)</g);
  return [...found].flatMap(([, x, size, anchor, rest = "", words = ""]) => {
    const turned = rest.includes("rotate");
    const length = turned ? 0 : words.replaceAll(/&\w+;/g, ".").length * Number(size) * 0.6;
    const start = Number(x) - (anchor === "end" ? length : anchor === "middle" ? length / 2 : 0);
    return start < 0 || start + length > width ? [words] : [];
  });
}

describe("a figure refuses", () => {
  it.each([
    ["a ROC without readers", () => drawRoc({ title: "", positives: 1, negatives: 1, readers: [] })],
    [
      "a curve through NaN",
      () =>
        drawRiskCoverage({ title: "", n: 40, readers: [{ name: "", points: [{ coverage: Number.NaN, risk: 0 }] }] }),
    ],
    ["a matrix that is not square", () => drawConfusion({ title: "", labels: ["a", "b"], matrix: [[1, 2]] })],
    [
      "a matrix without cases",
      () =>
        drawConfusion({
          title: "",
          labels: ["a", "b"],
          matrix: [
            [0, 0],
            [0, 0],
          ],
        }),
    ],
    [
      "a reliability diagram without bins",
      () => drawReliability({ title: "", bins: [], error: { value: 0, debiased: 0 } }),
    ],
    [
      "a deferral curve without points",
      () => drawDeferral({ title: "", n: 1, byConfidence: [], random: [], oracle: [] }),
    ],
  ])("%s", (_, drawn) => expect(drawn).toThrow(RangeError));
});

describe.each(Object.entries(figures))("the %s figure", (_, svg) => {
  it("is a picture that an SVG reader can draw, on white to its corners", async () => {
    const { data, info } = await drawnSvg(svg, (drawn) => drawn.raw().toBuffer({ resolveWithObject: true }));
    const corner = (x: number, y: number): number[] => [...data.subarray(3 * (y * info.width + x)).subarray(0, 3)];
    expect(corner(0, 0)).toEqual([255, 255, 255]);
    expect(corner(info.width - 1, info.height - 1)).toEqual([255, 255, 255]);
    expect(data.some((value) => value < 100)).toBe(true);
  });

  it("says how many cases it speaks of, and lets no title become markup", () => {
    expect(svg).toContain("n = 40");
    expect(svg).toContain("Grade &lt;2&gt; &amp; &quot;more&quot;");
    expect(svg).not.toContain("<2>");
    expect(svg).not.toContain("NaN");
  });

  it("keeps its words within the picture", () => expect(outside(svg)).toEqual([]));
});

describe("the confusion figure", () => {
  it("shows counts and row shares", () => {
    for (const words of [">20<", ">80.0 %<", ">12<", ">80.0 %<", ">n = 25<", ">n = 15<"])
      expect(figures.confusion).toContain(words);
  });
});

describe("the reliability figure", () => {
  it("shows each bin's interval and count", () => {
    for (const words of [">25.0 %<", ">10 to 40 %<", ">40<"]) expect(figures.reliability).toContain(words);
  });
});
