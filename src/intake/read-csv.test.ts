import { describe, expect, it } from "vitest";
import { isProblem } from "../contracts/index.ts";
import { readCsv } from "./read-csv.ts";

const columns = ["id", "label", "note"];
const limits = { rowsMax: 5, lineBytesMax: 200 };
const read = (body: string | Buffer, most = limits) => readCsv(Buffer.from(body), columns, most);
/** Lines with their cells, or with the code of what is wrong with them. */
const shown = async (body: string | Buffer) =>
  (await read(body)).map((row) => [row.line, "fields" in row ? { ...row.fields } : row.problem.code]);
const refusalOf = async (body: string | Buffer, most = limits) => {
  const problem = await read(body, most).catch((error: unknown) => error);
  if (!isProblem(problem)) throw new Error("it was read");
  return [problem.code, problem.detail];
};

describe("a table of comma-separated values", () => {
  it("is read with a byte order mark, either end of line, quotes, blank lines and spaces", async () => {
    expect(await shown('\uFEFFid,label,note\r\n1, a ,"so, ""maybe"""\r\n\r\n\n2,b,\n')).toEqual([
      [2, { id: "1", label: "a", note: 'so, "maybe"' }],
      [5, { id: "2", label: "b" }],
    ]);
  });

  it("is read as a spreadsheet writes it where the comma is in numbers", async () => {
    expect(await shown("ID;Label\n1;a,b\n")).toEqual([[2, { id: "1", label: "a,b" }]]);
  });

  it("says which rows have too many cells or too few, and reads the others", async () => {
    expect(await shown("id,label\n1\n2,b\n3,c,d\n")).toEqual([
      [2, "field-invalid"],
      [3, { id: "2", label: "b" }],
      [4, "field-invalid"],
    ]);
  });

  it("counts lines, also within a cell", async () => {
    expect(await shown('id,label\n1,"a\nb"\n2,c\n')).toEqual([
      [3, { id: "1", label: "a\nb" }],
      [4, { id: "2", label: "c" }],
    ]);
  });

  it.each([
    ["no header at all", ""],
    ["nothing but blank lines", "\n\n"],
    ["a quote that never ends", 'id,label\n1,"a\n'],
    ["a quote in the middle of a cell", 'id,label\n1,a"b\n'],
    ["bytes of another character set", Buffer.from([0x69, 0x64, 0x0a, 0x4a, 0xfc, 0x72, 0x67])],
    ["a byte order mark of UTF-16", Buffer.from("\uFEFFid,label\n1,a\n", "utf16le")],
    ["a row over more lines than one may have bytes", `id,label\n1,"${"a\n".repeat(150)}"\n`],
  ])("is refused whole for %s", async (_, body) => {
    expect((await refusalOf(body))[0]).toBe("body-malformed");
  });

  it.each(["__proto__", "constructor", "other", "id,id", "id,", "i\0d"])(
    "is refused for a header of %j",
    async (header) => {
      const [code, detail] = await refusalOf(`${header}\n1,2\n`);
      expect([code, detail]).toEqual(["field-invalid", expect.stringContaining("id, label, note")]);
    },
  );

  it("is refused for a million columns before a cell is made", async () => {
    const [code, detail] = await refusalOf(`id${",".repeat(1_000_000)}\n1,2\n`);
    expect([code, detail]).toEqual(["body-malformed", expect.stringContaining("line 1 has more")]);
  });

  it("has so many rows and no more", async () => {
    const rows = (count: number) => `id\n${"1\n".repeat(count)}`;
    expect(await read(rows(5))).toHaveLength(5);
    expect(await refusalOf(rows(6))).toEqual(["body-too-large", "At most 5 rows are taken at once."]);
  });

  it("lets others in while a long one is read", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await read(`id,label\n${"1,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n".repeat(10_000)}`, {
      rowsMax: 10_000,
      lineBytesMax: 200,
    });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });
});
