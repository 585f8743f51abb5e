import { describe, expect, it } from "vitest";
import { LinkSigner } from "./link-signer.ts";

const signer = new LinkSigner("a secret of more than thirty-two characters");
const path = "/v1/cases/1/image";
const now = 1_800_000_000_000;

describe("LinkSigner", () => {
  it("wants a secret that cannot be guessed", () => {
    expect(() => new LinkSigner("short")).toThrow(/32 characters/);
  });

  it("refuses another path, another time, a cut or foreign signature", () => {
    const link = signer.sign(path, now, 300);
    expect(signer.verify("/v1/cases/2/image", now, link)).toBe(false);
    expect(signer.verify(path, now, { ...link, expires: String(Number(link.expires) + 1) })).toBe(false);
    expect(signer.verify(path, now, { ...link, expires: `${link.expires}0` })).toBe(false);
    expect(signer.verify(path, now, { ...link, signature: link.signature.slice(1) })).toBe(false);
    expect(signer.verify(path, now, { ...link, signature: "" })).toBe(false);
    const other = new LinkSigner("another secret of more than 32 characters");
    expect(other.verify(path, now, link)).toBe(false);
  });

  it("lets a link live as long as was said and no longer", () => {
    const link = signer.sign(path, now, 300);
    expect(signer.verify(path, now, link)).toBe(true);
    expect(signer.verify(path, now + 299_999, link)).toBe(true);
    expect(signer.verify(path, now + 300_000, link)).toBe(false);
  });
});
