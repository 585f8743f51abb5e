import { describe, expect, it } from "vitest";
import { caseRecord } from "../../../test/support/case-record.ts";
import { testDeps } from "../../../test/support/gateway.ts";
import { createApp } from "../app.ts";

const key = "k".repeat(32);
const ask = (path: string, headers: Record<string, string> = {}) =>
  createApp(testDeps({ API_KEY: key })).request(path, { headers });

describe("the key", () => {
  it.each(["/metrics", "/v1/programmes", "/assets", "/docs", "/nowhere", "/livez/", "/LIVEZ", "//livez", "/readyz/x"])(
    "is asked for on %s, before anything about the path is said",
    async (path) => expect((await ask(path)).status).toBe(401),
  );

  it("is not asked for by probes, and not twice", async () => {
    expect((await ask("/livez")).status).toBe(200);
    expect((await ask("/readyz")).status).toBe(200);
    expect((await ask("/docs", { "x-api-key": key })).status).toBe(200);
    expect((await ask("/docs", { "x-api-key": `${key}x` })).status).toBe(401);
  });

  it("is not asked for by the page that will ask a person for it", async () => {
    expect((await ask("/")).status).toBe(200);
    expect((await ask("/assets/page.css")).status).toBe(200);
  });

  it("is replaced by a signed link, for its own image and time only", async () => {
    const deps = testDeps({ API_KEY: key });
    const record = caseRecord();
    deps.kept.records.push(record);
    const app = createApp({ ...deps, objects: { ...deps.objects, getObject: async () => new Uint8Array([1]) } });
    const path = `/v1/cases/${record.id}/image`;
    const { expires, signature } = deps.links.sign(path, Date.now(), 60);
    expect((await app.request(path)).status).toBe(401);
    expect((await app.request(`${path}?expires=${expires}&signature=${signature}`)).status).toBe(200);
    expect(deps.kept.events).toMatchObject([{ actor: "link", action: "image.read" }]);
    const late = deps.links.sign(path, Date.now() - 120_000, 60);
    const query = `?expires=${late.expires}&signature=${late.signature}`;
    expect(await (await app.request(`${path}${query}`)).json()).toMatchObject({ code: "link-invalid" });
    expect((await app.request(`/v1/cases/${record.id}?expires=${expires}&signature=${signature}`)).status).toBe(403);
  });

  it("is never repeated in an answer", async () => {
    const wrong = "w".repeat(32);
    expect(await (await ask("/docs", { authorization: `Bearer ${wrong}` })).text()).not.toContain(wrong);
  });
});
