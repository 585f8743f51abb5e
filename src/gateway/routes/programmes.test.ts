import { describe, expect, it } from "vitest";
import { testDeps } from "../../../test/support/gateway.ts";
import { createApp } from "../app.ts";
import { programmeSchema, programmesSchema } from "../schemas.ts";

const app = createApp(testDeps());
const get = async (path: string) => (await app.request(path)).json();

describe("the programmes", () => {
  it("answer 404 to a name that is none", async () => {
    const response = await app.request("/v1/programmes/__proto__");
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: "programme-unknown" });
  });

  it("say which one cannot answer, and why", async () => {
    expect(programmeSchema.parse(await get("/v1/programmes/chest-xray"))).toMatchObject({
      status: "missing",
      reason: "pack chest-xray/fast-1 is not installed",
    });
  });

  it("name readers by digest, thresholds and what is proved, but no path of this machine", async () => {
    const text = JSON.stringify(await get("/v1/programmes"));
    expect(programmesSchema.parse(JSON.parse(text)).programmes).toHaveLength(2);
    expect(text).not.toContain("/nowhere");
    expect(programmeSchema.parse(await get("/v1/programmes/cataract"))).toMatchObject({
      status: "ready",
      readers: { fast: { pack: "cataract/fast-0", digest: "a".repeat(64) } },
      band: { lo: 0.2, hi: 0.8, certificate: { certified: false } },
      disclaimer: expect.stringContaining("Research use only"),
    });
  });
});
