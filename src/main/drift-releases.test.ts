import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfig } from "../platform/index.ts";
import { Registry, type ReleasePacks } from "../registry/index.ts";
import { DriftReleases } from "./drift-releases.ts";
import { registryPath } from "./releases.ts";

let folder: string;
let registry: Registry;
let releases: DriftReleases;
let candidate: string;
const packs: ReleasePacks = {
  fast: { id: "cataract/fast-2", digest: "a".repeat(64) },
  fine: { id: "cataract/fine-2", digest: "b".repeat(64) },
  cascade: { id: "cataract/cascade-2", digest: "c".repeat(64) },
};
const lineage = { dataSha256: "d".repeat(64), codeVersion: "1", parent: null, recipe: "test" };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-drift-"));
  const config = readConfig({ DATA_DIR: folder });
  registry = new Registry(registryPath(config));
  releases = new DriftReleases(config);
  const decision = { actor: "drift loop: i/train", reason: "trained" };
  candidate = (await registry.register("cataract", { packs, lineage }, decision)).digest;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const move = (kind: "shadow" | "activate" | "retire", programme = "cataract", digest = candidate) =>
  releases.move(programme, { kind, candidate: digest, id: `i/${kind}`, incident: "i", why: "because" });
const told = async () => {
  const { events } = await registry.verify();
  return events.map((event) => (event.type === "registered" ? "registered" : `${event.from} ${event.to}`));
};

describe("releases that the drift loop moves", () => {
  it("take each step once, however often it is asked for, and say why", async () => {
    for (const kind of ["shadow", "shadow", "activate", "activate", "shadow"] as const)
      expect(await move(kind)).toEqual({ kind: "done" });
    expect(await told()).toEqual(["registered", "candidate shadow", "shadow active"]);
    const { events } = await registry.show(candidate);
    expect(events[2]).toMatchObject({ actor: "drift loop", reason: "because", evidence: { action: "i/activate" } });
  });

  it("are retired once, and not after somebody made them active", async () => {
    await move("retire");
    expect(await move("retire")).toEqual({ kind: "done" });
    expect(await told()).toEqual(["registered", "candidate retired"]);
    expect(await move("shadow")).toMatchObject({ kind: "impossible" });
    expect(await releases.candidateOf("cataract", candidate)).toBeUndefined();
  });

  it("stay active when they were made so meanwhile", async () => {
    await move("shadow");
    await move("activate");
    expect(await move("retire")).toEqual({ kind: "done" });
    expect((await registry.active("cataract"))?.digest).toBe(candidate);
  });

  it("skip no step, and are nobody else's", async () => {
    expect(await move("activate")).toMatchObject({ kind: "impossible" });
    expect(await move("shadow", "chest-xray")).toMatchObject({ kind: "impossible" });
    expect(await move("shadow", "cataract", "e".repeat(64))).toMatchObject({ kind: "impossible" });
    expect(await told()).toEqual(["registered"]);
  });

  it("are found by the training that made them", async () => {
    expect(await releases.registeredBy("drift loop: i/train")).toBe(candidate);
    expect(await releases.registeredBy("drift loop: j/train")).toBeUndefined();
  });
});
