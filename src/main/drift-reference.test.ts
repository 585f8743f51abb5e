import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Programme } from "../contracts/index.ts";
import { DriftMonitor } from "../drift/index.ts";
import { readProgrammes } from "../programmes/index.ts";
import { resolveProgramme } from "../screening/index.ts";
import { digestOf, referenceOf, watchedOf } from "./drift-reference.ts";

const models = resolve(import.meta.dirname, "../../models");
let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "fovea-drift-"));
});
afterEach(() => rm(data, { recursive: true, force: true }));

const installed = async (id: string): Promise<Programme> => resolveProgramme(await readProgrammes(models), id);

describe("what live cases are compared with", () => {
  it.each(["cataract", "chest-xray", "diabetic-retinopathy", "hallux-valgus", "ophthalmology"])(
    "is in the packs of %s, and a monitor can be made of it",
    async (id) => {
      const programme = await installed(id);
      const watched = await watchedOf({ MODELS_DIR: models, DATA_DIR: data }, programme);
      if (watched === undefined) throw new Error("nothing to compare with");
      const lines = (await readFile(join(models, programme.band.pack, "out-of-fold.csv"), "utf8")).trim().split("\n");
      expect(watched.reference.fastLogOdds).toHaveLength(lines.length - 1);
      expect(watched.release).toBe(digestOf(programme));
      expect(watched.reference.errorRateMax).toBeGreaterThanOrEqual(0.05);
      expect(new DriftMonitor(watched.reference, watched.rates).groups).toHaveLength(2);
    },
  );

  it("is counted by where the band leaves a case", async () => {
    const programme = await installed("cataract");
    // Two sure and right, one sure and contradicted, one in the band and contradicted, one sure and wrong.
    const table = `sha256,fold,label,fast_raw,fine_raw
a,0,normal,-9,-9
b,0,cataract,9,9
c,0,normal,-9,9
d,0,cataract,-0.4,9
e,0,cataract,-9,-9
`;
    const { disagreement, shares, poor, errorRateMax } = referenceOf(programme, { table }, "r");
    expect(disagreement).toEqual({
      "fast-negative": { events: 1, cases: 3 },
      "fast-positive": { events: 0, cases: 1 },
      band: { events: 1, cases: 1 },
    });
    expect(shares).toEqual({
      "fast-negative": { events: 3, cases: 5 },
      "fast-positive": { events: 1, cases: 5 },
      band: { events: 1, cases: 5 },
    });
    expect(poor).toBeUndefined();
    // One of five: Clopper and Pearson's upper 95 % bound.
    expect(errorRateMax).toBeCloseTo(0.6574, 3);
  });

  it("takes images of one group for one piece of evidence", async () => {
    const programme = await installed("cataract");
    const lines = Array.from({ length: 40 }, (_, i) => `${i},0,normal,${i % 4 === 0 ? -0.4 : -9},-9`);
    const table = ["sha256,fold,label,fast_raw,fine_raw", ...lines].join("\n");
    const { groups, shares, disagreement } = referenceOf(programme, { table, groups: 20 }, "r");
    expect({ groups, band: shares.band, inBand: disagreement.band.cases }).toEqual({
      groups: 20,
      band: { events: 5, cases: 20 },
      inBand: 5,
    });
  });

  it("counts images on which both readers look for their quality alone", async () => {
    const programme = await installed("cataract");
    const table = `sha256,fold,label,fast_raw,fine_raw\na,0,normal,-9,-9\nb,0,normal,-9,-9\nc,0,normal,-0.4,-9`;
    const measured = { fitted: 100, heldMean: [0], heldLengths: [1] };
    const { poor, shares, disagreement, embedding } = referenceOf(
      programme,
      { table, embedding: { ...measured, poor: ["b", "c"] } },
      "r",
    );
    expect(poor).toEqual({ events: 1, cases: 3 });
    expect(shares.band).toEqual({ events: 1, cases: 3 });
    expect(disagreement.band.cases).toBe(2);
    expect(embedding).toMatchObject(measured);
  });

  it("is nothing for a pack whose table is not the one its manifest names", async () => {
    const programme = await installed("cataract");
    const altered = { ...programme, band: { ...programme.band, digest: "0".repeat(64) } };
    expect(await watchedOf({ MODELS_DIR: models, DATA_DIR: data }, altered)).toBeUndefined();
  });
});
