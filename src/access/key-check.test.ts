import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKeyCheck } from "./key-check.ts";

const key = "correct-horse-battery-staple-0123456789";
const check = createKeyCheck({ AUTH: "on", API_KEY: key });

describe("a key check", () => {
  it("refuses no key, an empty key, and any other key", () => {
    expect(check({})).toBeUndefined();
    expect(check({ apiKey: "" })).toBeUndefined();
    expect(check({ authorization: "" })).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), (other) => {
        expect(check({ apiKey: other }) !== undefined).toBe(other === key);
        expect(check({ authorization: `Bearer ${other}` }) !== undefined).toBe(other === key);
      }),
    );
  });

  it.each([key, `Basic ${key}`, `Bearer${key}`, `Bearer ${key} ${key}`, `Token ${key}`])(
    "refuses the authorization %j, which is not a bearer token",
    (authorization) => expect(check({ authorization })).toBeUndefined(),
  );

  it("takes the key from either header, whatever the case of the scheme", () => {
    expect(check({ apiKey: key })).toMatch(/^key:[0-9a-f]{8}$/);
    expect(check({ authorization: `Bearer ${key}` })).toMatch(/^key:[0-9a-f]{8}$/);
    expect(check({ authorization: `bearer  ${key}` })).toMatch(/^key:[0-9a-f]{8}$/);
  });

  it("does not fall back to the other header when X-API-Key is wrong", () => {
    expect(check({ apiKey: "wrong", authorization: `Bearer ${key}` })).toBeUndefined();
  });

  it("lets everyone in where AUTH is off, and cannot be built half", () => {
    expect(createKeyCheck({ AUTH: "off", API_KEY: key })({})).toBe("loopback");
    expect(() => createKeyCheck({ AUTH: "on", API_KEY: undefined })).toThrow(TypeError);
  });
});
