import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKeyCheck } from "./key-check.ts";

const key = "correct-horse-battery-staple-0123456789";
const check = createKeyCheck({ AUTH: "on", API_KEY: key });

describe("a key check", () => {
  it("refuses no key, an empty key, and any other key", () => {
    expect(check({})).toBe(false);
    expect(check({ apiKey: "" })).toBe(false);
    expect(check({ authorization: "" })).toBe(false);
    fc.assert(
      fc.property(fc.string(), (other) => {
        expect(check({ apiKey: other })).toBe(other === key);
        expect(check({ authorization: `Bearer ${other}` })).toBe(other === key);
      }),
    );
  });

  it.each([key, `Basic ${key}`, `Bearer${key}`, `Bearer ${key} ${key}`, `Token ${key}`])(
    "refuses the authorization %j, which is not a bearer token",
    (authorization) => expect(check({ authorization })).toBe(false),
  );

  it("takes the key from either header, whatever the case of the scheme", () => {
    expect(check({ apiKey: key })).toBe(true);
    expect(check({ authorization: `Bearer ${key}` })).toBe(true);
    expect(check({ authorization: `bearer  ${key}` })).toBe(true);
  });

  it("does not fall back to the other header when X-API-Key is wrong", () => {
    expect(check({ apiKey: "wrong", authorization: `Bearer ${key}` })).toBe(false);
  });

  it("lets everyone in where AUTH is off, and cannot be built half", () => {
    expect(createKeyCheck({ AUTH: "off", API_KEY: key })({})).toBe(true);
    expect(() => createKeyCheck({ AUTH: "on", API_KEY: undefined })).toThrow(TypeError);
  });
});
