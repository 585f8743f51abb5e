import { access, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { caseRecord } from "../../test/support/case-record.ts";
import type { CaseAudit, CaseRecord } from "../contracts/index.ts";
import { readConfig } from "../platform/index.ts";
import { DatasetError } from "../training/index.ts";
import { type DriftTrainingDeps, type LabelledOne, layDown, splitOf, trainFor } from "./drift-training.ts";

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "fovea-drift-"));
});
afterEach(() => rm(data, { recursive: true, force: true }));

const sha = (i: number): string => i.toString(16).padStart(64, "0");
const audit = (probability: number): CaseAudit => ({
  stratum: "fast-negative",
  epoch: "e",
  fine: { probability: 1, chosen: true },
  human: { probability, chosen: true },
});

function labelled(i: number, more: Partial<CaseRecord> = {}, truth: string | undefined = "cataract"): LabelledOne {
  const known = caseRecord({ id: `case-${String(i).padStart(4, "0")}` });
  const record = { ...known, trainingConsent: true, image: { ...known.image, sha256: sha(i) }, ...more };
  return { record, labelled: { caseId: record.id, labels: [], conflict: false, ...(truth && { truth }) } };
}

const ports = (all: readonly LabelledOne[]): Pick<DriftTrainingDeps, "labels" | "objects"> => ({
  labels: {
    labelledCases: async (_programme, { before, limit }) => {
      const from = before === undefined ? 0 : all.findIndex(({ record }) => record.id === before) + 1;
      return all.slice(from, from + limit);
    },
  },
  objects: { getObject: async (digest) => (digest === sha(666) ? undefined : new Uint8Array([1, 2, 3])) },
});
const rowsIn = async (folder: string) =>
  (await readFile(join(folder, "manifest.csv"), "utf8")).trim().split("\n").slice(1).sort();

describe("the data of a training for an incident", () => {
  it("is every labelled case of more than one page, apart from those that judge", async () => {
    const all = Array.from({ length: 450 }, (_, i) => labelled(i));
    const laid = await layDown(join(data, "i"), ports(all), "cataract");
    const apart = all.filter(({ record }) => splitOf("cataract", record) === "fresh-holdout");
    expect(laid).toEqual({ labelled: 450 - apart.length, withoutConsent: 0, keptApart: apart.length });
    expect(apart.length).toBeGreaterThan(20);
    const rows = await rowsIn(join(data, "i"));
    expect(rows).toHaveLength(laid.labelled);
    for (const { record } of apart) expect(rows.join()).not.toContain(record.image.sha256);
    expect(await readdir(join(data, "i", "images"))).toHaveLength(laid.labelled);
    expect(rows.some((row) => row.split(",")[2] === "val")).toBe(true);
  });

  it("leaves out whoever did not agree, contradictions, what cannot be graded, and images that are gone", async () => {
    const { record, labelled: label } = labelled(4);
    const all = [
      labelled(1, { trainingConsent: false }),
      labelled(2, { trainingConsent: undefined as unknown as false }),
      labelled(3, {}, "ungradable"),
      { record, labelled: { ...label, conflict: true } },
      labelled(666),
    ];
    expect(await layDown(join(data, "i"), ports(all), "cataract")).toMatchObject({ labelled: 0, withoutConsent: 2 });
    expect(await rowsIn(join(data, "i"))).toEqual([]);
  });

  it("weighs what chance chose rarely, and names nobody", async () => {
    const seen = labelled(1, { patientId: "Jane Doe" });
    const numbers = Array.from({ length: 40 }, (_, i) => ({ ...labelled(i + 2), audit: audit(0.25) }));
    await layDown(join(data, "i"), ports([seen, ...numbers]), "cataract");
    const rows = await rowsIn(join(data, "i"));
    expect(rows.join("\n")).not.toContain("Jane");
    expect(rows.filter((row) => row.endsWith(",4")).length).toBeGreaterThan(20);
  });
});

describe("a training for an incident", () => {
  const models = resolve(import.meta.dirname, "../../models");
  const action = { id: "i/train", incident: "i" };
  const never = new AbortController().signal;
  let trained: number;
  const deps = (train: () => Promise<void>): DriftTrainingDeps => ({
    ...ports([labelled(1), labelled(2)]),
    config: readConfig({ DATA_DIR: data, MODELS_DIR: models }),
    releases: { registeredBy: async () => (trained > 0 ? "second" : undefined) },
    log: pino({ level: "silent" }),
    steps: {
      train: async (job) => {
        await access(join(job.data[0] ?? "", "manifest.csv"));
        await train();
        trained++;
        return { packs: [], images: 2, groups: 2, leaks: 0, seconds: 1 };
      },
      finish: async (_job, _result, actor) => `release of ${actor}`,
    },
  });
  beforeEach(() => {
    trained = 0;
  });

  it("is done once: asked again it is found, and its images do not stay", async () => {
    const steps = deps(async () => undefined);
    const outcome = await trainFor(steps, action, "cataract", never);
    expect(outcome).toMatchObject({ kind: "trained", candidate: "release of drift loop: i/train" });
    expect(await readdir(join(data, "training", "incidents"))).toEqual([]);
    expect(await trainFor(steps, action, "cataract", never)).toMatchObject({ candidate: "second" });
    expect(trained).toBe(1);
  });

  it("that cannot learn from its data says so; one that was stopped is tried again", async () => {
    const poor = deps(() => Promise.reject(new DatasetError("too few images")));
    expect(await trainFor(poor, action, "cataract", never)).toEqual({ kind: "not-trained", why: "too few images" });
    const stopped = deps(() => Promise.reject(new Error("stopped")));
    await expect(trainFor(stopped, action, "cataract", never)).rejects.toThrow("stopped");
    expect(await readdir(join(data, "training", "incidents"))).toEqual([]);
  });
});
