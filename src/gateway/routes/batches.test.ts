import { describe, expect, it } from "vitest";
import { knownCase, testDeps } from "../../../test/support/gateway.ts";
import { Problem } from "../../contracts/index.ts";
import { createApp } from "../app.ts";
import { batchSchema } from "./batches-document.ts";

const path = `/v1/batches/${knownCase.id}`;

describe("a batch that has ended", () => {
  it("is answered as the document says, without a time left that nobody measured", async () => {
    const body = batchSchema.parse(await (await createApp(testDeps()).request(path)).json());
    expect(body).toMatchObject({ status: "done", itemsPerSecond: null, etaSeconds: null, webhook: null });
  });

  it("has one event, and none for who has seen it", async () => {
    const app = createApp(testDeps());
    const events = await app.request(`${path}/events`);
    expect(events.headers.get("content-type")).toBe("text/event-stream");
    expect(await events.text()).toMatch(/^retry: \d+\n\nid: 3\nevent: end\ndata: \{.*\}\n\n$/);
    const again = await app.request(`${path}/events`, { headers: { "last-event-id": "3" } });
    expect([again.status, await again.text()]).toEqual([204, ""]);
  });

  it("shows in a spreadsheet no formula that somebody sent as a name, and notes who read it", async () => {
    const deps = testDeps();
    const text = await (await createApp(deps).request(`${path}/results?format=csv`)).text();
    expect(text.split("\r\n")[1]).toBe(`0,"'=cmd|""x""",failed,,,,,,,image-malformed,"cut, off",`);
    expect(deps.kept.events).toMatchObject([{ action: "results.read", object: `batch/${knownCase.id}` }]);
  });

  it("holds no place for those who only ask for the head", async () => {
    const app = createApp(testDeps());
    for (let i = 0; i < 300; i++) {
      expect((await app.request(`${path}/results`, { method: "HEAD" })).status).toBe(200);
      expect((await app.request(`${path}/events`, { method: "HEAD" })).status).toBe(200);
    }
    expect((await app.request(`${path}/results`)).status).toBe(200);
  });

  it("is refused as a whole when its results cannot be read, not answered and cut off", async () => {
    const deps = testDeps();
    const batchResults = () => Promise.reject(new Problem("store-unavailable", { retryAfterS: 2 }));
    const store = { ...deps.batches.store, batchResults };
    const answer = await createApp({ ...deps, batches: { ...deps.batches, store } }).request(`${path}/results`);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
    expect(answer.headers.get("content-disposition")).toBe(null);
    expect(await answer.json()).toMatchObject({ code: "store-unavailable" });
  });

  it.each(["format=xml", "after=x", "after=-2", "follow=perhaps"])("refuses %s", async (query) =>
    expect((await createApp(testDeps()).request(`${path}/results?${query}`)).status).toBe(400),
  );
});

describe("a body that is no batch", () => {
  it.each(["text/plain", "image/jpeg", ""])("of type %s is refused", async (type) => {
    const request = { method: "POST", body: "x", headers: { "content-type": type } };
    const answer = await createApp(testDeps()).request("/v1/batches?programme=cataract", request);
    expect(await answer.json()).toMatchObject({ code: "body-malformed" });
  });
});
