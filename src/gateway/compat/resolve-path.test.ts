import { describe, expect, it } from "vitest";
import type { ProfileId } from "../../platform/index.ts";
import { profileOfPath } from "./profiles.ts";
import { createPathResolver } from "./resolve-path.ts";

const resolve = createPathResolver({ PROFILE_HOSTS: "dr.example.org=dr" });
const pathOf = (path: string, profile?: ProfileId, host = "localhost:8000") =>
  resolve(new Request(`http://localhost${path}`, { headers: { host } }), { env: { profile } });

describe("a path", () => {
  it.each([
    ["/patients/", "/p/dr/patients"],
    ["/patients/1f?x=/", "/p/dr/patients/1f"],
    ["/predict/patient/1f/history", "/p/dr/predict/patient/1f/history"],
    ["/api", "/p/eye/api"],
    ["/api/patients", "/p/eye/api/patients"],
    ["/api/patients/", "/p/eye/api/patients"],
    ["/api/notifications/unread-count", "/p/eye/api/notifications/unread-count"],
    ["/api/ai/health", "/p/eye/api/ai/health"],
    ["/ws/notifications", "/p/eye/ws/notifications"],
    ["/predict_base64", "/p/hallux/predict_base64"],
    ["/predict_vit", "/p/hallux/predict_vit"],
    ["/api/predict", "/p/chest/api/predict"],
    ["/api/health", "/p/chest/api/health"],
    ["/predict_lgbm", "/p/cataract/predict_lgbm"],
    ["/drift_status", "/p/cataract/drift_status"],
  ])("that one system alone has, %s, leads to it on every listener", (path, mounted) => {
    for (const profile of [undefined, "hallux", "dr"] as const) expect(pathOf(path, profile)).toBe(mounted);
  });

  it("that several systems have follows the listener, then nobody", () => {
    expect(pathOf("/predict/", "dr")).toBe("/p/dr/predict");
    expect(pathOf("/predict", "hallux")).toBe("/p/hallux/predict");
    expect([pathOf("/predict"), pathOf("/predict/")]).toEqual(["/predict", "/predict"]);
    expect(pathOf("/health", "chest")).toBe("/p/chest/health");
    expect(pathOf("/health")).toBe("/health");
    expect(pathOf("/", "eye")).toBe("/p/eye");
    expect(pathOf("/")).toBe("/");
    expect(pathOf("/docs", "eye")).toBe("/p/eye/docs");
  });

  it("follows the host name before the listener", () => {
    expect(pathOf("/health", "eye", "DR.example.org:443")).toBe("/p/dr/health");
    expect(pathOf("/health", undefined, "dr.example.org.evil.org")).toBe("/health");
  });

  it.each([
    "/v1/cases",
    "/v2/health/live",
    "/livez",
    "/readyz",
    "/metrics",
    "/assets/page.css",
    "/docs/start.js",
    "/ws",
  ])("of the server itself, %s, is never taken away", (path) =>
    expect(pathOf(path, "dr", "dr.example.org")).toBe(path),
  );

  it("under a mount is what it is, without a slash at its end", () => {
    expect(pathOf("/p/cataract/predict_clip/", "dr")).toBe("/p/cataract/predict_clip");
  });

  it("has the refusals of its system", () => {
    expect(profileOfPath("/p/cataract/nothing")?.id).toBe("cataract");
    expect(profileOfPath("/p/cataract")?.id).toBe("cataract");
    for (const path of ["/health", "/p/cataracts", "/v1/cases", "/p"]) expect(profileOfPath(path)).toBeUndefined();
  });
});
