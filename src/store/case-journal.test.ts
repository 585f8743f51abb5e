import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CaseRecord } from "../contracts/index.ts";
import { CaseJournal } from "./case-journal.ts";

const record = (id: string) => ({ id, programme: "cataract" }) as CaseRecord;

describe("CaseJournal", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "fovea-journal-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const ids = async () => {
    const files = (await readdir(folder)).sort();
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
    return texts
      .join("")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => (JSON.parse(line) as CaseRecord).id);
  };

  it("holds every acknowledged record once, in the order of arrival, when many arrive at once", async () => {
    const journal = await CaseJournal.open(folder, "a");
    const sent = Array.from({ length: 500 }, (_, i) => `case-${i}`);
    await Promise.all(sent.map((id) => journal.recordCase(record(id))));
    expect(await ids()).toEqual(sent);
    await journal.close();
  });

  it("writes what was accepted before close, and refuses what comes after", async () => {
    const journal = await CaseJournal.open(folder, "a");
    const accepted = journal.recordCase(record("last"));
    await journal.close();
    await accepted;
    expect(await ids()).toEqual(["last"]);
    await expect(journal.recordCase(record("late"))).rejects.toMatchObject({ code: "draining" });
  });

  it("never shares a file with another process start", async () => {
    const one = await CaseJournal.open(folder, "one");
    await expect(CaseJournal.open(folder, "one")).rejects.toMatchObject({ code: "EEXIST" });
    await one.close();
  });
});
