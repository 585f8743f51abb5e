import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import type { Programme } from "../contracts/index.ts";
import { createLog } from "../platform/index.ts";
import { readProgrammes } from "../programmes/index.ts";
import { digestOf } from "./drift-reference.ts";
import { LiveCatalog } from "./live-catalog.ts";
import { WatchedReleases } from "./watched-releases.ts";

const models = resolve(import.meta.dirname, "../../models");
const log = createLog("silent", "test");

it("watches releases that serve and that have something to compare cases with, also under a safer band", async () => {
  const released = await readProgrammes(models);
  const catalog = new LiveCatalog(released);
  const watched = new WatchedReleases({ MODELS_DIR: models, DATA_DIR: tmpdir() }, catalog, log);
  const cataract = released.programmes.get("cataract") as Programme;
  expect(await watched.has("cataract")).toBe(true);
  expect(await watched.has("tarot")).toBe(false);
  const all = await watched.all();
  expect(all.map(({ programme }) => programme)).toContain("cataract");
  expect(all.find(({ programme }) => programme === "cataract")?.release).toBe(digestOf(cataract));
  catalog.follow([{ programme: "cataract", auditFactor: 1, band: { step: 0, incident: "i" } }], new Map());
  expect(await watched.has("cataract")).toBe(true);
  expect((await watched.all()).find(({ programme }) => programme === "cataract")).toBe(
    all.find(({ programme }) => programme === "cataract"),
  );
  // Another release takes its place, whose pack is not there; then none at all.
  const altered = { ...cataract, band: { ...cataract.band, digest: "0".repeat(64) } };
  catalog.replace({ programmes: new Map([["cataract", altered]]) });
  expect([await watched.has("cataract"), await watched.all()]).toEqual([false, []]);
  catalog.replace({ programmes: new Map([["cataract", { manifest: cataract.manifest, missing: "a pack" }]]) });
  expect(await watched.has("cataract")).toBe(false);
});
