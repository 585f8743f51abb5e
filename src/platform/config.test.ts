import { describe, expect, it } from "vitest";
import { ConfigError, isLoopback, readConfig } from "./config.ts";
import { shownSettings } from "./shown-settings.ts";
import { readPairs } from "./trace-settings.ts";

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

  it.each([
    { OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" },
    { OTEL_EXPORTER_OTLP_HEADERS: "no pair" },
    { OTEL_EXPORTER_OTLP_HEADERS: "a=%" },
    { OTEL_RESOURCE_ATTRIBUTES: "=value" },
    { OTEL_TRACES_SAMPLER: "sometimes" },
    { OTEL_TRACES_SAMPLER_ARG: "2" },
  ])("refuses %j", (wrong) => expect(findings(wrong)).toEqual(Object.keys(wrong)));

  it("shows a collector's address, and hides what opens it", () => {
    const shown = shownSettings(
      readConfig({
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://user:secret@collector:4318",
        OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20secret",
      }),
    );
    expect(shown.find(({ name }) => name === "OTEL_EXPORTER_OTLP_ENDPOINT")?.value).toContain("collector:4318");
    expect(JSON.stringify(shown)).not.toContain("secret");
  });

  it("takes an empty variable as absent", () => expect(readConfig({ PORT: "" }).PORT).toBe(8000));
});

describe("pairs in one variable", () => {
  it("are percent-decoded, and may be none", () => {
    expect(readPairs("")).toEqual({});
    expect(readPairs(" a = 1 ,b=x%3Dy%2C,, authorization=Basic dTpw==")).toEqual({
      a: "1",
      b: "x=y,",
      authorization: "Basic dTpw==",
    });
  });
});

describe("isLoopback", () => {
  it.each(["localhost", "127.0.0.1", "127.8.9.1", "::1"])("%s is", (host) => expect(isLoopback(host)).toBe(true));
  it.each(["0.0.0.0", "::", "localhost.example.org", "1127.0.0.1"])("%s is not", (host) =>
    expect(isLoopback(host)).toBe(false),
  );
});
