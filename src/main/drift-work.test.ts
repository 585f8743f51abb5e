import { pino } from "pino";
import { beforeEach, describe, expect, it } from "vitest";
import { caseRecord } from "../../test/support/case-record.ts";
import { readEvent } from "../../test/support/drift-world.ts";
import { type FakePredictor, fakePredictor } from "../../test/support/fake-predictor.ts";
import { catalog, cataract } from "../../test/support/programme.ts";
import { type CaseRecord, Problem, type Programme } from "../contracts/index.ts";
import { createMetrics, newCaseId, readConfig, systemClock } from "../platform/index.ts";
import { digestOf } from "./drift-reference.ts";
import type { DriftReleases } from "./drift-releases.ts";
import { driftWork } from "./drift-work.ts";
import { LiveCatalog } from "./live-catalog.ts";

const candidate: Programme = {
  ...cataract,
  fast: { ...cataract.fast, id: "cataract/fast-2", digest: "c".repeat(64) },
  fine: { ...cataract.fine, id: "cataract/fine-2", digest: "d".repeat(64) },
};
const digest = digestOf(candidate);
const never = new AbortController().signal;
const one = readEvent(1, { error: 0, disagreement: 0, shift: 0, changeAt: 0 });
const settled = { ...one, probability: 0.5, judgement: { positive: true, claimed: 0.9, wrong: false } };

let record: CaseRecord | undefined;
let bytes: Uint8Array | undefined;
let predictor: FakePredictor;
let live: LiveCatalog;
beforeEach(() => {
  record = caseRecord({ id: "case-1" });
  bytes = new Uint8Array([1, 2, 3]);
  predictor = fakePredictor();
  live = new LiveCatalog(catalog);
  live.follow(
    [{ programme: "cataract", auditFactor: 1, candidate: { release: digest, percent: 5, incident: "i" } }],
    new Map([[digest, candidate]]),
  );
});
const work = () =>
  driftWork({
    config: readConfig({}),
    catalog: live,
    predictor,
    cases: { getCase: async () => record },
    objects: { getObject: async () => bytes },
    labels: { labelledCases: async () => [] },
    releases: { candidateOf: async () => undefined } as unknown as DriftReleases,
    screening: { predictor, metrics: createMetrics(), clock: systemClock, newCaseId },
    log: pino({ level: "silent" }),
  });
/** As its own readers would have been recorded. */
const answeredBy = ({ fast }: Programme): CaseRecord => {
  const known = caseRecord({ id: "case-1" });
  const [first, ...others] = known.readings as [CaseRecord["readings"][0]];
  return { ...known, readings: [{ ...first, digest: fast.digest }, ...others] };
};

describe("a case that a candidate reads along", () => {
  it("is read in the background, and its side compared", async () => {
    expect(await work().mirror(digest, one, never)).toMatchObject({ failed: false });
    expect(predictor.tasks.every(({ lane }) => lane === "bulk")).toBe(true);
    expect(predictor.tasks[0]?.packs).toEqual([candidate.fast.digest]);
  });

  it("is passed over when it, or its image, is gone", async () => {
    bytes = undefined;
    expect(await work().mirror(digest, one, never)).toBeUndefined();
    record = undefined;
    expect(await work().mirror(digest, one, never)).toBeUndefined();
  });

  it("counts as failed when the candidate cannot read it, and not when nobody can now", async () => {
    predictor.answer = () => Promise.reject(new Problem("inference-failed"));
    expect(await work().mirror(digest, one, never)).toEqual({ failed: true });
    for (const code of ["engine-not-ready", "pack-not-installed"] as const) {
      predictor.answer = () => Promise.reject(new Problem(code));
      await expect(work().mirror(digest, one, never)).rejects.toMatchObject({ code });
    }
  });

  it("is tried again when the candidate is not loaded here", async () => {
    await expect(work().mirror("e".repeat(64), one, never)).rejects.toThrow();
  });
});

describe("a judged case of the canary", () => {
  it("is read by the release before as well", async () => {
    record = answeredBy(candidate);
    const pair = await work().compare(digest, settled, never);
    expect(pair).toEqual({ championWrong: expect.any(Boolean), candidateWrong: false });
    expect(predictor.tasks[0]?.packs).toEqual([cataract.fast.digest]);
  });

  it("is none when another release answered it", async () => {
    record = answeredBy(cataract);
    expect(await work().compare(digest, settled, never)).toBeUndefined();
    expect(predictor.tasks).toEqual([]);
  });
});

describe("a candidate that is gone", () => {
  it("cannot be compared, and is not waited for", async () => {
    const watched = { programme: "cataract" } as Parameters<ReturnType<typeof work>["perform"]>[1];
    const action = { kind: "compare", id: "i/compare", incident: "i", candidate: digest, region: [] } as const;
    expect(await work().perform(action, watched, never)).toMatchObject({ kind: "impossible" });
  });
});
