import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { caseRecord } from "../../test/support/case-record.ts";
import { type CaseRecord, type Decision, reasons } from "../contracts/index.ts";
import { analysisOf, severityOf } from "./analysis-of.ts";

const labels = ["normal", "cataract", "glaucoma", "diabetic-retinopathy"];
const decided = (change: Partial<Decision>, programme = "ophthalmology"): CaseRecord => {
  const record = caseRecord({ programme });
  return { ...record, decision: { ...record.decision, ...change } };
};

describe("analysisOf", () => {
  it("never calls a case normal that a person must decide, whatever the readers made of it", () => {
    const undecided = fc.record({
      label: fc.constantFrom(...labels),
      reason: fc.constantFrom(...reasons),
      probability: fc.double({ min: 0, max: 1, noNaN: true }),
      programme: fc.constantFrom("ophthalmology", "cataract", "hallux-valgus"),
    });
    fc.assert(
      fc.property(undecided, ({ label, reason, probability, programme }) => {
        const record = decided({ outcome: "person", label, reason, probability }, programme);
        const { classification, recommendation, confidence } = analysisOf(record);
        expect(classification).not.toMatch(/normal/i);
        expect(recommendation).toContain("needs a person");
        expect(confidence).toBeLessThanOrEqual(100);
        expect(severityOf(record)).toBe("undecided");
      }),
    );
  });

  it.each([
    [{ reason: "ungradable", label: "normal" }, "Ungradable image", 0],
    [{ reason: "out-of-domain", label: "glaucoma" }, "Not an eye scan", 0],
    [{ reason: "fine-uncertain", label: "normal", probability: 0.5 }, "Unclear, needs a person", 0],
    [{ reason: "fine-uncertain", label: "glaucoma", probability: 0.5 }, "Suspected glaucoma, needs a person", 50],
  ] as const)("calls %j %s", (change, classification, confidence) => {
    expect(analysisOf(decided({ outcome: "person", ...change }))).toMatchObject({ classification, confidence });
  });

  it("lists no finding of a picture that cannot be read, only why", () => {
    const record = decided({ outcome: "person", reason: "ungradable", gradability: "ungradable" });
    expect(analysisOf(record).findings).toEqual([
      "Image quality: ungradable (luminance 100.0, contrast 40.0, sharpness 200.0)",
    ]);
  });

  it("gives confidence in percent and the findings in their order", () => {
    const probabilities = { normal: 0.001, cataract: 0.1, glaucoma: 0.87654, "diabetic-retinopathy": 0.02 };
    const record = decided({ outcome: "positive", label: "glaucoma", probability: 0.87654, probabilities });
    expect(analysisOf(record)).toMatchObject({
      classification: "Glaucoma",
      confidence: 87.65,
      findings: ["Glaucoma: 87.65 %", "Cataract: 10 %", "Diabetic retinopathy: 2 %"],
    });
    expect(analysisOf(record).explanation).toContain("not certified");
  });

  it.each([
    ["positive", 0.8, "critical"],
    ["positive", 0.7999, "warning"],
    ["positive", 0.6, "warning"],
    ["positive", 0.5999, "info"],
    ["negative", 0.99, "info"],
  ] as const)("a %s case of %d is %s", (outcome, probability, severity) => {
    expect(severityOf(decided({ outcome, probability, label: "glaucoma" }))).toBe(severity);
  });
});
