import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanFilename } from "./filename.ts";

describe("cleanFilename", () => {
  it.each([
    ["a name that turns the reading direction", "scan\u202Egpj.exe", "scan\uFFFDgpj.exe"],
    ["control characters and line ends", "a\0b\r\nc\x7f\x85", "a\uFFFDb\uFFFD\uFFFDc\uFFFD\uFFFD"],
    ["line and paragraph separators, marks and isolates", "\u2028\u2029\u200E\u2066", "\uFFFD\uFFFD\uFFFD\uFFFD"],
    ["half a character", "x\uD800y", "x\uFFFDy"],
    ["folders, which stay as text", "../../etc/passwd", "../../etc/passwd"],
    ["letters of any script", "Auge-левый-左.jpg", "Auge-левый-左.jpg"],
  ])("answers %s", (_name, from, to) => {
    expect(cleanFilename(from)).toBe(to);
  });

  it("has no name for an empty one", () => {
    expect(cleanFilename("")).toBeUndefined();
  });

  it("never gives more than 255 characters, nor any that cannot be shown, and changes nothing twice", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (name) => {
        const cleaned = cleanFilename(name) ?? "";
        expect(cleaned === "").toBe(name === "");
        expect(cleaned.length).toBeLessThanOrEqual(255);
        expect(cleaned).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Surrogate}]/u);
        expect(cleanFilename(cleaned) ?? "").toBe(cleaned);
      }),
    );
  });

  it("does not leave half a character where it cuts", () => {
    expect(cleanFilename(`${"a".repeat(254)}😀`)).toBe(`${"a".repeat(254)}\uFFFD`);
  });
});
