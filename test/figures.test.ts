import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { figuresTable, withFigures } from "../scripts/figures-table.mjs";
import { programmesTable, withProgrammes } from "../scripts/programmes-table.mjs";
import { readProgrammes } from "../src/programmes/index.ts";

it("README.md holds the figures of the committed packs (npm run build && node scripts/generate-docs.mjs)", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const table = await figuresTable(new URL("../models/", import.meta.url));
  expect(table.split("\n").length).toBeGreaterThan(10);
  expect(withFigures(readme, table)).toBe(readme);
});

it("README.md holds the figures of every programme, measured with the packs that are committed", async () => {
  const models = new URL("../models/", import.meta.url);
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const table = await programmesTable(models);
  expect(table.split("\n").length).toBeGreaterThan(10);
  expect(withProgrammes(readme, table)).toBe(readme);
  const { programmes } = await readProgrammes(models.pathname);
  expect([...programmes.keys()]).toHaveLength(5);
  for (const [id, programme] of programmes) {
    if ("missing" in programme) throw new Error(programme.missing);
    const measured = JSON.parse(await readFile(new URL(`${id}/evaluation.json`, models), "utf8")) as {
      digests: Record<string, string>;
    };
    expect(measured.digests, id).toEqual({ fast: programme.fast.digest, fine: programme.fine.digest });
  }
});
