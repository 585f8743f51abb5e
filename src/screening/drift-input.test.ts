import { describe, expect, it } from "vitest";
import { fakePredictor, resultOf, type Scores } from "../../test/support/fake-predictor.ts";
import { cataract } from "../../test/support/programme.ts";
import {
  type AcceptedImage,
  type CaseAudit,
  type CaseCompanions,
  type CaseRecord,
  Problem,
  type Programme,
  type Stratum,
  strategies,
} from "../contracts/index.ts";
import { createMetrics, newCaseId, systemClock } from "../platform/index.ts";
import type { SecondLookDesk } from "./ask-fine.ts";
import { decideCase, screenCase } from "./screen-case.ts";
import type { ScreeningDeps, ScreenRequest } from "./screen-request.ts";

const image: AcceptedImage = {
  mediaType: "image/jpeg",
  bytes: new Uint8Array(10),
  sha256: "c".repeat(64),
  width: 640,
  height: 480,
  uploadedBytes: 20,
};
const usual = { luminance: 120, contrast: 50, sharpness: 200 };
/** Between the floors: both readers look. */
const poor = { ...usual, sharpness: 1 };
const black = { luminance: 1, contrast: 0, sharpness: 0 };
const signal = new AbortController().signal;
const release = { fast: cataract.fast.digest, fine: cataract.fine.digest, band: cataract.band.digest };
const desk = {
  lane: { price: 0, enter: () => () => undefined },
  byLoad: false,
  waitMsMax: 60_000,
  retryAfterS: () => 7,
  isFull: () => false,
  isClosed: () => true,
} as unknown as SecondLookDesk;

/** Knows no picture: all are unlike what it was trained on. */
const strange: Programme = {
  ...cataract,
  fast: {
    ...cataract.fast,
    calibration: { ...cataract.fast.calibration, domain: { similarities: Array(200).fill(0.9), pValueMin: 0.01 } },
  },
};

interface Toss {
  readonly caseId: string;
  readonly programme: string;
  readonly stratum: Stratum;
}

function room(scores: Partial<Scores> = {}, { quality = usual, similarity = 1 } = {}) {
  const tosses: Toss[] = [];
  const kept: { record: CaseRecord; companions: CaseCompanions }[] = [];
  const predictor = fakePredictor();
  predictor.answer = async (task) => {
    const result = resultOf(task, { fast: 3, fine: 3, ...scores });
    return { ...result, quality, readings: result.readings.map((each) => ({ ...each, similarity })) };
  };
  const auditOf = (stratum: Stratum): CaseAudit => ({
    stratum,
    epoch: "e",
    fine: { probability: 0.05, chosen: false },
    human: { probability: 0.01, chosen: true },
  });
  const deps: ScreeningDeps = {
    programmes: { programmes: new Map([["cataract", cataract]]) },
    predictor,
    cases: {
      recordCase: async (record, _origin, companions = {}) => {
        kept.push({ record, companions });
        return record;
      },
    },
    objects: { putObject: async () => undefined, getObject: async () => undefined },
    metrics: createMetrics(),
    clock: systemClock,
    newCaseId,
    audits: {
      toss: async (caseId, programme, stratum) => {
        tosses.push({ caseId, programme, stratum });
        return auditOf(stratum);
      },
    },
  };
  const request: ScreenRequest = {
    programme: "cataract",
    image,
    subject: {},
    remainingMs: 5000,
    origin: { actor: "test", requestId: "r" },
  };
  const screen = async (change: Partial<ScreenRequest> = {}, other: Partial<ScreeningDeps> = {}) => {
    const record = await screenCase({ ...deps, ...other }, { ...request, ...change }, signal);
    return { record, drift: kept.at(-1)?.companions.drift };
  };
  return { deps, predictor, tosses, kept, request, screen, auditOf };
}

describe("what the drift monitor is told of a case", () => {
  it.each([
    ["that the fast reader clears", { fast: -3 }, "fast-negative", { fastLogOdds: -3, fastPositive: false }],
    ["that the fast reader finds", { fast: 3 }, "fast-positive", { fastLogOdds: 3, fastPositive: true }],
    ["of the band", { fast: -0.1, fine: 4 }, "band", { fastLogOdds: -0.1, fastPositive: false, finePositive: true }],
    [
      "of the band at even odds",
      { fast: 0, fine: 0 },
      "band",
      { fastLogOdds: 0, fastPositive: true, finePositive: true },
    ],
  ] as const)("%s", async (_, scores, stratum, said) => {
    const { screen, tosses, auditOf } = room(scores);
    const { record, drift } = await screen();
    const { fastLogOdds, ...rest } = drift ?? { fastLogOdds: Number.NaN };
    expect(fastLogOdds).toBeCloseTo(said.fastLogOdds, 12);
    const { fastLogOdds: _odds, ...sides } = said;
    expect(rest).toEqual({ audit: auditOf(stratum), group: image.sha256, release, ...sides });
    expect(tosses).toEqual([{ caseId: record.id, programme: "cataract", stratum }]);
  });

  it("is without the fine reader's side while that is still to come", async () => {
    const { screen, predictor, kept } = room({ fast: 0.1 });
    const { answer } = predictor;
    predictor.answer = async (task, at) => {
      if (task.packs.includes(cataract.fine.digest)) throw new Problem("engine-not-ready");
      return answer(task, at);
    };
    const { record, drift } = await screen({ mayWait: true }, { secondLooks: desk });
    expect(record.status).toBe("provisional");
    expect(drift?.audit.stratum).toBe("band");
    expect(drift).not.toHaveProperty("finePositive");
    expect(kept[0]?.companions.ticket).toBeDefined();
  });

  it("is of the band for a poor picture, on which both readers look", async () => {
    const { screen } = room({ fast: -9, fine: -9 }, { quality: poor });
    const { record, drift } = await screen();
    expect(record.decision).toMatchObject({ outcome: "negative", gradability: "usable", escalated: true });
    expect(drift).toMatchObject({ audit: { stratum: "band" }, finePositive: false });
  });

  it("never says whose it is", async () => {
    const { screen } = room({ fast: -3 });
    const { drift: first } = await screen({ subject: { patientId: "Jane Doe" } });
    const { drift: again } = await screen({ subject: { patientId: "Jane Doe" }, image: { ...image, sha256: "d" } });
    const { drift: other } = await screen({ subject: { patientId: "John Doe" } });
    expect(JSON.stringify([first, again])).not.toContain("Doe");
    expect(first?.group).toMatch(/^[0-9a-f]{64}$/);
    expect(again?.group).toBe(first?.group);
    expect(other?.group).not.toBe(first?.group);
  });

  it("names the release that read, also of a candidate", async () => {
    const { screen, deps } = room({ fast: -3 });
    const candidate = { ...cataract, band: { ...cataract.band, digest: "9".repeat(64) } };
    const { drift } = await screen({}, { programmes: { ...deps.programmes, triedOn: () => candidate } });
    expect(drift?.release).toEqual({ ...release, band: "9".repeat(64) });
  });
});

describe("nothing is told, and no coin is tossed,", () => {
  it.each(strategies.filter((each) => each !== "cascade"))("of a case that asked for %s", async (strategy) => {
    const { screen, tosses } = room();
    expect((await screen({ strategy })).drift).toBeUndefined();
    expect(tosses).toEqual([]);
  });

  it("of a picture that cannot be graded", async () => {
    const { screen, tosses } = room({ fast: -9, fine: -9 }, { quality: black });
    const { record, drift } = await screen();
    expect(record.decision.reason).toBe("ungradable");
    expect([drift, tosses]).toEqual([undefined, []]);
  });

  it("of a picture that is not of the trained kind, decided or not", async () => {
    const { screen, predictor, tosses } = room({ fast: -9, fine: -9 }, { similarity: 0.1 });
    const programmes = { programmes: new Map([["cataract", strange]]) };
    const { record, drift } = await screen({}, { programmes });
    expect(record.decision.reason).toBe("out-of-domain");
    const { answer } = predictor;
    predictor.answer = async (task, at) => {
      if (task.packs.includes(cataract.fine.digest)) throw new Problem("engine-not-ready");
      return answer(task, at);
    };
    const later = await screen({ mayWait: true }, { programmes, secondLooks: desk });
    expect(later.record.status).toBe("provisional");
    expect([drift, later.drift, tosses]).toEqual([undefined, undefined, []]);
  });

  it("where nothing is watched", async () => {
    const { screen } = room();
    expect((await screen({}, { audits: undefined })).drift).toBeUndefined();
    expect((await screen({}, { audits: { toss: async () => undefined } })).drift).toBeUndefined();
  });

  it("of a case that leaves no trace", async () => {
    const { deps, request, tosses, kept } = room();
    await decideCase(deps, cataract, request, signal);
    expect([tosses, kept]).toEqual([[], []]);
  });

  it("of a case that nobody answered", async () => {
    const { screen, predictor, tosses } = room();
    predictor.answer = async () => {
      throw new Problem("queue-full");
    };
    await expect(screen()).rejects.toMatchObject({ code: "queue-full" });
    expect(tosses).toEqual([]);
  });
});
