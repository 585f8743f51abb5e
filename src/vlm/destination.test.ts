import { describe, expect, it } from "vitest";
import { ConfigError } from "../platform/index.ts";
import { destinationOf } from "./destination.ts";

const settings = { VLM_URL: "http://127.0.0.1:8080/v1", VLM_EXTERNAL: false, VLM_TIMEOUT_MS: 1000 };

function keyOf(change: object): string | undefined {
  try {
    destinationOf({ ...settings, ...change });
  } catch (error) {
    if (error instanceof ConfigError) return error.findings[0]?.key;
    throw error;
  }
  return undefined;
}

describe("where images go", () => {
  it.each([
    "https://api.openai.com/v1",
    "http://10.0.0.7:8000/v1",
    "http://0.0.0.0:8000/v1",
    "http://127.0.0.1.example.org/v1",
    "http://localhost.example.org/v1",
    "http://[2001:db8::1]/v1",
    "http://127.0.0.1@example.org/v1",
  ])("is not %s without having been allowed", (VLM_URL) => {
    expect(keyOf({ VLM_URL })).toBe("VLM_EXTERNAL");
  });

  it.each(["http://localhost:8080/v1", "http://127.0.0.1/v1", "http://127.1/v1", "http://[::1]:8080/v1"])(
    "may be %s",
    (VLM_URL) => expect(destinationOf({ ...settings, VLM_URL }).external).toBe(false),
  );

  it("may be outside where that is allowed, and is known as such", () => {
    const outside = { ...settings, VLM_URL: "https://vlm.example.org/v1/", VLM_EXTERNAL: true };
    expect(destinationOf(outside)).toMatchObject({
      url: "https://vlm.example.org/v1",
      host: "vlm.example.org",
      external: true,
    });
  });

  it.each([
    ["a user", { VLM_URL: "http://a:b@127.0.0.1/v1" }, "VLM_URL"],
    ["a query", { VLM_URL: "http://127.0.0.1/v1?key=1" }, "VLM_URL"],
    ["a fragment", { VLM_URL: "http://127.0.0.1/v1#a" }, "VLM_URL"],
    ["a key of two lines", { VLM_API_KEY: "a\r\nx-other: b" }, "VLM_API_KEY"],
  ])("has no %s", (_, change, key) => expect(keyOf(change)).toBe(key));
});
