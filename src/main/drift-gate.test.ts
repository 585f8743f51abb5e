import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { caseRecord } from "../../test/support/case-record.ts";
import { type FakePredictor, fakePredictor, resultOf } from "../../test/support/fake-predictor.ts";
import { cataract } from "../../test/support/programme.ts";
import type { Programme } from "../contracts/index.ts";
import { Problem } from "../contracts/index.ts";
import { type Config, readConfig } from "../platform/index.ts";
import { Registry } from "../registry/index.ts";
import { compareReleases } from "./drift-gate.ts";
import { type LabelledOne, splitOf } from "./drift-training.ts";
import { registryPath, trainedDir } from "./releases.ts";

const candidate: Programme = {
  ...cataract,
  fast: { ...cataract.fast, id: "cataract/fast-2", digest: "c".repeat(64) },
  fine: { ...cataract.fine, id: "cataract/fine-2", digest: "d".repeat(64) },
  band: { ...cataract.band, pack: "cataract/cascade-2", digest: "e".repeat(64) },
};
const never = new AbortController().signal;
const sha = (i: number): string => i.toString(16).padStart(64, "0");

let config: Config;
let predictor: FakePredictor;
let digest: string;
beforeEach(async () => {
  config = readConfig({ DATA_DIR: await mkdtemp(join(tmpdir(), "fovea-gate-")) });
  predictor = fakePredictor();
  const packs = {
    fast: candidate.fast,
    fine: candidate.fine,
    cascade: { id: candidate.band.pack, digest: candidate.band.digest },
  };
  const named = Object.fromEntries(
    Object.entries(packs).map(([kind, { id, digest: of }]) => [kind, { id, digest: of }]),
  );
  const lineage = { dataSha256: "f".repeat(64), codeVersion: "1", parent: null, recipe: "test" };
  const release = { packs: named as Parameters<Registry["register"]>[1]["packs"], lineage };
  digest = (await new Registry(registryPath(config)).register("cataract", release, { actor: "t", reason: "t" })).digest;
});
afterEach(() => rm(config.DATA_DIR, { recursive: true, force: true }));

function labelled(i: number, isChosen = true, truth = "cataract"): LabelledOne {
  const known = caseRecord({ id: `case-${i}` });
  const record = { ...known, site: "north", image: { ...known.image, sha256: sha(i) } };
  const fine = { probability: 1, chosen: true };
  const human = { probability: 0.05, chosen: isChosen };
  const audit = { stratum: "band", epoch: "e", fine, human } as const;
  return { record, labelled: { caseId: record.id, labels: [], conflict: false, truth }, audit };
}
/** The groups that judge: a tenth of all. */
const judging = Array.from({ length: 300 }, (_, i) => i).filter(
  (i) => splitOf("cataract", labelled(i).record) === "fresh-holdout",
);

const compare = (all: readonly LabelledOne[], region: readonly string[] = []) =>
  compareReleases(
    {
      config,
      predictor,
      labels: { labelledCases: async (_programme, { before }) => (before === undefined ? all : []) },
      objects: { getObject: async () => new Uint8Array([1, 2, 3]) },
    },
    { kind: "compare", id: "i/compare", incident: "i", candidate: digest, region },
    { champion: cataract, candidate },
    never,
  );

describe("what judges a candidate", () => {
  it("is read by both, in the background, one a group, and marked where the alarm was", async () => {
    const all = judging.slice(0, 6).map((i) => labelled(i, true, i % 2 === 0 ? "cataract" : "normal"));
    const outcome = await compare([...all, ...all], [`case-${judging[0]}`]);
    if (outcome.kind !== "compared") throw new Error(outcome.kind);
    expect(outcome.pairs).toHaveLength(6);
    expect(outcome.pairs.filter(({ alarmed }) => alarmed).map(({ id }) => id)).toEqual([sha(judging[0] as number)]);
    expect(outcome.pairs[0]).toMatchObject({ subgroups: ["site=north"], champion: { calledPositive: true } });
    expect(new Set(predictor.tasks.map(({ lane }) => lane))).toEqual(new Set(["bulk"]));
    expect(new Set(predictor.tasks.flatMap(({ packs }) => packs)).size).toBe(4);
    expect([outcome.selection, outcome.faults]).toEqual(["random-audit", []]);
  });

  it("is nothing that was labelled because somebody asked, nor of a group that may teach", async () => {
    const teaching = Array.from({ length: 300 }, (_, i) => i).find((i) => !judging.includes(i)) as number;
    const outcome = await compare([labelled(judging[0] as number, false), labelled(teaching)]);
    expect(outcome).toMatchObject({ kind: "compared", pairs: [] });
  });

  it("judges nobody when the candidate has learnt from it", async () => {
    const folder = join(trainedDir(config), candidate.band.pack);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "out-of-fold.csv"), `sha256,fold\n${sha(judging[1] as number)},0\n`);
    const outcome = await compare(judging.slice(0, 3).map((i) => labelled(i)));
    expect(outcome).toMatchObject({ faults: ["the candidate learnt from images that are to judge it"], pairs: [] });
    expect(predictor.tasks).toEqual([]);
  });

  it("leaves out what nobody can decode, and waits for an engine", async () => {
    const [first] = judging;
    predictor.answer = async (task) => {
      if (task.image.sha256 === sha(first as number)) throw new Problem("image-undecodable");
      return resultOf(task);
    };
    const all = judging.slice(0, 3).map((i) => labelled(i));
    expect(await compare(all)).toMatchObject({ pairs: [{}, {}] });
    predictor.answer = () => Promise.reject(new Problem("engine-not-ready"));
    await expect(compare(all)).rejects.toMatchObject({ code: "engine-not-ready" });
  });
});
