import { describe, expect, it } from "vitest";
import { fakePredictor, resultOf, type Scores } from "../../test/support/fake-predictor.ts";
import { cataract } from "../../test/support/programme.ts";
import {
  type AcceptedImage,
  type CaseRecord,
  type MissingProgramme,
  Problem,
  type Programme,
  type Strategy,
} from "../contracts/index.ts";
import { createMetrics, newCaseId, systemClock } from "../platform/index.ts";
import { screenCase } from "./screen-case.ts";
import type { ScreeningDeps } from "./screen-request.ts";

const image: AcceptedImage = {
  mediaType: "image/jpeg",
  bytes: new Uint8Array(10),
  sha256: "c".repeat(64),
  width: 640,
  height: 480,
  uploadedBytes: 20,
};

function room(scores: Partial<Scores> = {}) {
  const records: CaseRecord[] = [];
  const objects: string[] = [];
  const predictor = fakePredictor();
  predictor.answer = async (task) => resultOf(task, { fast: 3, fine: 3, ...scores });
  const deps: ScreeningDeps = {
    programmes: { programmes: new Map<string, Programme | MissingProgramme>([["cataract", cataract]]) },
    predictor,
    cases: {
      recordCase: async (record) => {
        records.push(record);
        return record;
      },
    },
    objects: { putObject: async ({ sha256 }) => void objects.push(sha256), getObject: async () => undefined },
    metrics: createMetrics(),
    clock: systemClock,
    newCaseId,
  };
  const screen = (change: { strategy?: Strategy; programme?: string; with?: Partial<ScreeningDeps> } = {}) => {
    const request = {
      programme: change.programme ?? "cataract",
      image,
      subject: { patientId: "p-1" },
      remainingMs: 5000,
      origin: { actor: "test", requestId: "r" },
    };
    const strategy = change.strategy === undefined ? {} : { strategy: change.strategy };
    return screenCase({ ...deps, ...change.with }, { ...request, ...strategy }, new AbortController().signal);
  };
  const count = async (name: string) => {
    const metric = await deps.metrics.registry.getSingleMetric(name)?.get();
    return metric?.values.reduce((sum, each) => sum + each.value, 0);
  };
  return { deps, predictor, records, objects, screen, count };
}

describe("screenCase", () => {
  it("lets a clear case leave after the fast reader, recorded once with its image", async () => {
    const { screen, predictor, records, objects } = room({ fast: -3 });
    const record = await screen();
    expect(record.decision).toMatchObject({ outcome: "negative", label: "normal", stage: "fast", escalated: false });
    expect(record.readings.map((each) => each.reader)).toEqual(["fast"]);
    expect(predictor.tasks.map((task) => task.packs)).toEqual([[cataract.fast.digest]]);
    expect(records).toEqual([record]);
    expect(objects).toEqual([image.sha256]);
    expect(record).toMatchObject({
      patientId: "p-1",
      status: "decided",
      disclaimer: expect.stringContaining("Research use only"),
    });
  });

  it("asks the fine reader when the fast one is inside the band, on the escalation lane and inside the same deadline", async () => {
    const { screen, predictor } = room({ fast: 0.1, fine: 4 });
    const record = await screen();
    expect(record.decision).toMatchObject({ outcome: "positive", stage: "fine", escalated: true });
    expect(record.readings.map((each) => each.reader)).toEqual(["fast", "fine"]);
    const [first, second] = predictor.tasks;
    expect(second).toMatchObject({ packs: [cataract.fine.digest], lane: "escalation" });
    expect(second?.remainingMs).toBeLessThanOrEqual(first?.remainingMs as number);
  });

  it("leaves to a person what both readers leave open, and says why", async () => {
    const record = await room({ fast: 0, fine: 0 }).screen();
    expect(record.decision).toMatchObject({ outcome: "person", reason: "fine-uncertain" });
    expect(record.decision.explanation).toMatch(/a person decides/);
  });

  it("never decides on a picture that cannot be graded", async () => {
    const { screen, predictor } = room({ fast: -9, fine: -9 });
    predictor.answer = async (task) => ({
      ...resultOf(task, { fast: -9, fine: -9 }),
      quality: { luminance: 1, contrast: 0, sharpness: 0 },
    });
    for (const strategy of ["cascade", "fast", "fine", "mean"] as const)
      expect((await screen({ strategy })).decision).toMatchObject({ outcome: "person", reason: "ungradable" });
  });

  it("reads both in one pass when both are asked for", async () => {
    for (const strategy of ["fine", "mean"] as const) {
      const { screen, predictor } = room();
      const record = await screen({ strategy });
      expect(predictor.tasks).toHaveLength(1);
      expect(record.readings).toHaveLength(2);
      expect(record.decision).toMatchObject({ strategy, escalated: false });
    }
  });

  it.each([
    ["an unknown programme", { programme: "tarot" }, "programme-unknown"],
    ["a predictor that leaves a reading out", {}, "inference-failed"],
  ])("answers %s with a problem", async (_, change, code) => {
    const { screen, predictor, records } = room();
    predictor.answer = async (task) => ({ ...resultOf(task), readings: [] });
    await expect(screen(change)).rejects.toMatchObject({ code });
    expect(records).toEqual([]);
  });

  it("refuses a programme whose pack is missing, with what is missing", async () => {
    const { screen, deps } = room();
    const missing = { manifest: cataract.manifest, missing: "pack cataract/fine-0 is not installed" };
    const programmes = { programmes: new Map([["cataract", missing]]) };
    await expect(screen({ with: { ...deps, programmes } })).rejects.toMatchObject({
      code: "pack-not-installed",
      detail: missing.missing,
    });
  });

  it("answers nothing that could not be recorded", async () => {
    const refuse = async () => {
      throw new Problem("store-unavailable");
    };
    const { screen, deps } = room();
    await expect(screen({ with: { cases: { ...deps.cases, recordCase: refuse } } })).rejects.toMatchObject({
      code: "store-unavailable",
    });
    await expect(screen({ with: { objects: { ...deps.objects, putObject: refuse } } })).rejects.toMatchObject({
      code: "store-unavailable",
    });
  });

  it("counts every accepted case once more when it ends, however it ends", async () => {
    const { screen, predictor, count } = room();
    await screen();
    for (const code of ["engine-lost", "client-closed-request", "queue-full"] as const) {
      predictor.answer = async () => {
        throw new Problem(code);
      };
      await expect(screen()).rejects.toMatchObject({ code });
    }
    expect(await count("screen_cases_accepted_total")).toBe(4);
    expect(await count("screen_cases_settled_total")).toBe(4);
    expect(await count("screen_decisions_total")).toBe(1);
  });
});
