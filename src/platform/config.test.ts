import { describe, expect, it } from "vitest";
import { ConfigError, isLoopback, readConfig } from "./config.ts";

const key = "k".repeat(32);
const findings = (environment: Record<string, string>) => {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.findings.map((each) => each.key);
    throw error;
  }
  return [];
};

describe("readConfig", () => {
  it("needs nothing, and then listens on loopback without a key", () => {
    expect(readConfig({})).toMatchObject({ HOST: "127.0.0.1", PORT: 8000, AUTH: "off" });
  });

  it("names every key that is wrong, not only the first", () => {
    expect(findings({ PORT: "99999", WORKERS: "65", LOG_LEVEL: "loud" })).toEqual(
      expect.arrayContaining(["PORT", "WORKERS", "LOG_LEVEL"]),
    );
  });

  it.each(["0.0.0.0", "::", "10.0.0.5", "fovea.example.org", "127.0.0.1.example.org"])(
    "refuses HOST=%s without a key",
    (HOST) => {
      expect(findings({ HOST })).toEqual(["API_KEY"]);
      expect(findings({ HOST, API_KEY: key, AUTH: "off" })).toEqual(["AUTH"]);
      expect(readConfig({ HOST, API_KEY: key }).AUTH).toBe("on");
    },
  );

  it("refuses a short key, and AUTH=on without one", () => {
    expect(findings({ API_KEY: "secret" })).toEqual(["API_KEY"]);
    expect(findings({ API_KEY: `${key} ${key}` })).toEqual(["API_KEY"]);
    expect(findings({ AUTH: "on" })).toEqual(["API_KEY"]);
  });

  it("asks for the key on loopback too once there is one, unless it is switched off there", () => {
    expect(readConfig({ API_KEY: key }).AUTH).toBe("on");
    expect(readConfig({ API_KEY: key, AUTH: "off" }).AUTH).toBe("off");
  });

  it("refuses a budget that could never hold the largest image", () => {
    expect(findings({ INFLIGHT_BYTES_MAX: String(32 * 1024 * 1024) })).toEqual(["INFLIGHT_BYTES_MAX"]);
  });

  it("leaves all reading to nodes only where nodes can be found", () => {
    expect(findings({ WORKERS: "0" })).toEqual(["WORKERS"]);
    expect(readConfig({ WORKERS: "0", NATS_URL: "nats://user:word@127.0.0.1:4222" }).WORKERS).toBe(0);
    expect(findings({ NATS_URL: "http://127.0.0.1" })).toEqual(["NATS_URL"]);
  });

  it("takes an empty variable as absent", () => expect(readConfig({ PORT: "" }).PORT).toBe(8000));
});

describe("isLoopback", () => {
  it.each(["localhost", "127.0.0.1", "127.8.9.1", "::1"])("%s is", (host) => expect(isLoopback(host)).toBe(true));
  it.each(["0.0.0.0", "::", "localhost.example.org", "1127.0.0.1"])("%s is not", (host) =>
    expect(isLoopback(host)).toBe(false),
  );
});
