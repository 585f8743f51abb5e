import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { ByteBudget } from "./byte-budget.ts";
import { type JsonObjectOptions, readJsonObject } from "./read-json-object.ts";

const budget = new ByteBudget(10_000);

function read(
  text: string | Buffer,
  headers: Record<string, string> = { "content-type": "application/json" },
  change: Partial<JsonObjectOptions> = {},
) {
  const body = Readable.from([Buffer.from(text as string)]);
  const signal = new AbortController().signal;
  return readJsonObject({ headers, body }, { bytesMax: 1000, signal, budget, ...change });
}

describe("readJsonObject", () => {
  it.each([
    ["a list", "[1]"],
    ["a text", '"a"'],
    ["half an object", '{"a":'],
    ["two objects", '{"a":1}{"b":2}'],
    ["a key twice", '{"a":1,"a":2}'],
    ["a prototype", '{"__proto__":{"a":1}}'],
    ["a prototype further in", '{"a":[{"__proto__":{"b":1}}]}'],
    ["an escaped prototype", String.raw`{"a":{"__pr\u006fto__":{"b":1}}}`],
    ["nesting without end", `{"a":${"[".repeat(100)}${"]".repeat(100)}}`],
    ["broken text", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ])("refuses %s", async (_what, text) => {
    await expect(read(text)).rejects.toMatchObject({ code: "json-invalid" });
    expect(budget.reservedBytes).toBe(0);
  });

  it.each([
    ["a form", { "content-type": "application/x-www-form-urlencoded" }],
    ["an image", { "content-type": "image/png" }],
    ["packed bytes", { "content-type": "application/json", "content-encoding": "gzip" }],
  ])("refuses %s", async (_what, headers) => {
    await expect(read("{}", headers)).rejects.toMatchObject({ code: "body-malformed" });
  });

  it("reads no more than the bound, and no more than the budget has", async () => {
    const large = `{"a":"${"x".repeat(1000)}"}`;
    await expect(read(large)).rejects.toMatchObject({ code: "body-too-large" });
    const declared = { "content-type": "application/json", "content-length": "1001" };
    await expect(read("{}", declared)).rejects.toMatchObject({ code: "body-too-large" });
    await expect(read(large, undefined, { bytesMax: 2000, budget: new ByteBudget(100) })).rejects.toMatchObject({
      code: "too-many-bytes-in-flight",
    });
    expect(budget.reservedBytes).toBe(0);
  });

  it("reads an object into one without prototypes, also further in", async () => {
    const object = await read('{"a":{"constructor":1},"b":[{"c":null}]}');
    expect(object).toEqual({ a: { constructor: 1 }, b: [{ c: null }] });
    expect(Object.getPrototypeOf(object)).toBeNull();
    expect(Object.getPrototypeOf(object["a"])).toBeNull();
    expect(({} as Record<string, unknown>)["c"]).toBeUndefined();
  });

  it("takes no body at all, whatever it calls itself, as an empty object", async () => {
    expect(await read("")).toEqual({});
    expect(await read("", { "content-type": "text/plain", "content-length": "0" })).toEqual({});
    expect(await read('{"a":1}', {})).toEqual({ a: 1 });
  });

  it("leaves a share that the caller brought to the caller", async () => {
    const lease = budget.reserve(0);
    await read('{"a":1}', undefined, { lease });
    expect(budget.reservedBytes).toBeGreaterThan(0);
    lease.release();
    expect(budget.reservedBytes).toBe(0);
  });
});
