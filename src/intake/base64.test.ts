import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limits } from "../../test/support/pictures.ts";
import { decodeBase64 } from "./base64.ts";

const decode = (text: string) => decodeBase64(Buffer.from(text), limits);

describe("decodeBase64 refuses", () => {
  it.each([
    ["junk inside", "QUJD!UJD", /not base64/],
    ["characters beyond ASCII", "QUJDé==", /not base64/],
    ["NUL", "QUJD\0\0\0\0", /not base64/],
    ["line breaks", "QUJD\nQUJDRUY", /line breaks/],
    ["spaces", "QUJD QUJDRUY", /spaces/],
    ["the URL-safe alphabet", "_-__", /URL-safe/],
    ["missing padding", "QUI", /multiple of four/],
    ["a cut text", "QUJDR", /multiple of four/],
    ["too much padding", "Q===", /padding/],
    ["padding in the middle", "QQ==QUJD", /padding|middle/],
    ["only padding", "====", /padding/],
    ["stray bits in the last character", "QUJDRR==", /end or its padding/],
    ["a data URL of another type", "data:text/plain;base64,QUJD", /data URL/],
    ["a data URL without base64", "data:image/png,QUJD", /data URL/],
    ["a data URL with an endless head", `data:image/png;a=${"b".repeat(300)};base64,QUJD`, /data URL/],
  ])("%s", (_name, text, why) => {
    expect(() => decode(text)).toThrow(
      expect.objectContaining({ code: "base64-invalid", detail: expect.stringMatching(why) }),
    );
  });

  it.each(["", "data:image/jpeg;base64,"])("no image at all: %j", (text) => {
    expect(() => decode(text)).toThrow(expect.objectContaining({ code: "image-missing" }));
  });

  it("padding at the border of two slices", () => {
    const half = `${"A".repeat((1 << 20) - 4)}QQ==`;
    expect(() => decode(half + half)).toThrow(expect.objectContaining({ code: "base64-invalid" }));
  });

  it("more than an image may have, before it is decoded", () => {
    const small = { ...limits, imageBytesMax: 3 };
    expect(decodeBase64(Buffer.from("QUJD"), small).toString()).toBe("ABC");
    expect(() => decodeBase64(Buffer.from("QUJDRA=="), small)).toThrow(
      expect.objectContaining({ code: "image-too-large" }),
    );
  });
});

describe("decodeBase64 gives back", () => {
  it("what was encoded, alone and as a data URL", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
        const text = Buffer.from(bytes).toString("base64");
        expect(decode(text)).toEqual(Buffer.from(bytes));
        expect(decode(`data:image/jpeg;name=a.jpg;base64,${text}`)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it("3 MB that fill several slices, to the last byte", () => {
    for (const more of [0, 1, 2]) {
      const bytes = randomBytes(3 * 1024 * 1024 + more);
      expect(decode(bytes.toString("base64")).equals(bytes)).toBe(true);
    }
  });

  it("nothing for any single character that is changed into one outside of the alphabet", () => {
    const text = randomBytes(60).toString("base64");
    for (let at = 0; at < text.length; at++)
      expect(() => decode(`${text.slice(0, at)}*${text.slice(at + 1)}`)).toThrow(/not base64/);
  });
});
