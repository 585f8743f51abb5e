import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countRows, LabelFileError, type LabelPiece, labelPieces } from "./labels-file.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-labels-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}
async function pieces(path: string): Promise<LabelPiece[]> {
  const found: LabelPiece[] = [];
  for await (const piece of labelPieces(path)) found.push(piece);
  return found;
}

describe("a file of labels", () => {
  it("is sent in pieces that each have the header and know their lines", async () => {
    const rows = Array.from({ length: 1200 }, (_, i) => `case-${i},cataract\r\n`);
    const path = await file("many.csv", `\uFEFFcase_id,label\r\n${rows.join("")}`);
    const found = await pieces(path);
    expect(found.map((piece) => [piece.rows, piece.lineOffset])).toEqual([
      [500, 0],
      [500, 500],
      [200, 1000],
    ]);
    for (const { body, type } of found)
      expect([body.toString().startsWith("\uFEFFcase_id,label\r\ncase-"), type]).toEqual([true, "text/csv"]);
    expect(found.map(({ body }) => body.toString().split("\r\n").slice(1, -1).join("\r\n")).join("\r\n")).toBe(
      rows.join("").trimEnd(),
    );
    expect(await countRows(path)).toBe(1200);
  });

  it("is not cut within a quote, and blank lines count as lines", async () => {
    const rows = `${'a,"one\ntwo ""and"" three"\n\n'.repeat(499)}b,last`;
    const [first, second, ...others] = await pieces(await file("quoted.csv", `\n\nid,note\n${rows}`));
    expect(others).toEqual([]);
    expect([first?.rows, first?.lineOffset]).toEqual([250, 2]);
    // Of 499 rows of three lines each, 250 are before it.
    expect([second?.rows, second?.lineOffset]).toEqual([250, 2 + 250 * 3]);
    expect(second?.body.toString().endsWith("b,last\n")).toBe(true);
  });

  it("is one object a line by its ending", async () => {
    const [piece, ...others] = await pieces(await file("two.jsonl", '{"a":"\\""}\n\n{"b":"}"}'));
    expect([piece?.type, piece?.rows, piece?.lineOffset, others.length]).toEqual(["application/x-ndjson", 2, 0, 0]);
  });

  it("goes as it is, in whatever character set", async () => {
    const latin = Buffer.from("id,by\n1,J\u00fcrgen\n", "latin1");
    expect((await pieces(await file("latin.csv", latin)))[0]?.body.equals(latin)).toBe(true);
  });

  it.each([
    ["a quote that does not end", 'id,note\n1,"a\n', "2: a quote of this row does not end"],
    ["a row that does not end", `id,note\n1,"${"a\n".repeat(40_000)}`, "2: this row does not end"],
    ["a line that does not end", "a".repeat(200_000), "a line is longer"],
    ["a header alone", "id,note\n", "holds no labels"],
    ["nothing", "", "holds no labels"],
  ])("cannot be sent with %s", async (_, content, words) => {
    const refusal = await countRows(await file("bad.csv", content)).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(LabelFileError);
    expect((refusal as Error).message).toContain(words);
  });

  it("cannot be sent when it is not there", async () => {
    await expect(countRows(join(folder, "none.csv"))).rejects.toThrow("ENOENT");
  });
});
