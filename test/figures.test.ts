import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { figuresTable, withFigures } from "../scripts/figures-table.mjs";

it("README.md holds the figures of the committed packs (npm run build && node scripts/generate-docs.mjs)", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const table = await figuresTable(new URL("../models/", import.meta.url));
  expect(table.split("\n").length).toBeGreaterThan(10);
  expect(withFigures(readme, table)).toBe(readme);
});
