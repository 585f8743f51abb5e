import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { newCaseId, systemClock } from "../platform/index.ts";
import { ResultFiles } from "./result-files.ts";

let outside: string;
let folder: string;
let files: ResultFiles;
beforeEach(async () => {
  outside = await mkdtemp(join(tmpdir(), "fovea-results-"));
  folder = join(outside, "results");
  files = new ResultFiles(folder, 2);
});
afterEach(() => rm(outside, { recursive: true, force: true }));

const age = (name: string, days: number): Promise<void> => {
  const then = systemClock.wallMs() / 1000 - days * 86_400;
  return utimes(join(folder, name), then, then);
};

it("finds nothing that was not kept, and nothing outside of its folder", async () => {
  await writeFile(join(outside, "secret.json"), "{}");
  for (const id of [newCaseId(), "../secret", "", "%2e%2e/secret"]) expect(await files.getResults(id)).toBeUndefined();
  await expect(files.keepResults("../mine", "{}")).rejects.toThrow(TypeError);
  expect(await files.sweep()).toBe(0);
});

it("gives an answer back as it was, until its time is over, and then deletes it", async () => {
  const [old, young] = [newCaseId(), newCaseId()];
  await files.keepResults(old, '{"é":1}');
  await files.keepResults(young, "{}");
  expect(await files.getResults(old)).toBe('{"é":1}');
  await age(`${old}.json`, 1.9);
  expect(await files.getResults(old)).toBe('{"é":1}');
  await age(`${old}.json`, 2.1);
  expect(await files.getResults(old)).toBeUndefined();
  await writeFile(join(folder, "cut-off.part"), "{");
  await age("cut-off.part", 3);
  expect(await files.sweep()).toBe(1);
  expect(await readdir(folder)).toEqual([`${young}.json`]);
});

it("says so where it cannot write, and leaves nothing behind", async () => {
  await writeFile(folder, "a file where the folder should be");
  await expect(files.keepResults(newCaseId(), "{}")).rejects.toMatchObject({ code: "store-unavailable" });
  expect(await readdir(outside)).toEqual(["results"]);
});
