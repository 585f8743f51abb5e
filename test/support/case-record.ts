import { createHash } from "node:crypto";
import { type CaseRecord, disclaimer } from "../../src/contracts/index.ts";
import { newCaseId, systemClock } from "../../src/platform/index.ts";

/** A decided case as `decideCase` makes it, of an image of its own. */
export function caseRecord(change: Partial<CaseRecord> = {}): CaseRecord {
  const id = newCaseId();
  return {
    id,
    programme: "cataract",
    status: "decided",
    decision: {
      outcome: "negative",
      label: "normal",
      probability: 0.9123456789012345,
      probabilities: { normal: 0.9123456789012345, cataract: 0.0876543210987655 },
      stage: "fast",
      escalated: false,
      reason: "fast-confident",
      explanation: "The fast reader is confident.",
      strategy: "cascade",
      band: {
        pack: "cataract/cascade-1",
        lo: 0.2,
        hi: 0.8,
        a: 0.2,
        b: 0.8,
        fuse: { w0: 0, w1: 0.5, w2: 1 },
        target: { missRate: 0.05, falsePositiveRate: 0.05, confidence: 0.95 },
        certificate: { certified: false, reason: "too few" } as never,
      },
      gradability: "gradable",
      quality: { luminance: 100, contrast: 40, sharpness: 200 },
    },
    readings: [
      {
        reader: "fast",
        pack: "cataract/fast-1",
        digest: "a".repeat(64),
        probabilities: { normal: 0.9, cataract: 0.1 },
        timings: { queueMs: 1.5, decodeMs: 2.5, computeMs: 3.5 },
        worker: "engine-1/thread-0",
        domainPValue: 0.5,
      },
    ],
    image: {
      sha256: createHash("sha256").update(id).digest("hex"),
      mediaType: "image/jpeg",
      bytes: 1234,
      width: 640,
      height: 480,
    },
    createdAt: systemClock.timestamp(),
    disclaimer,
    ...change,
  };
}
