import { describe, expect, it } from "vitest";
import { testDeps } from "../../../test/support/gateway.ts";
import { createApp } from "../app.ts";

const ask = (path: string, headers: Record<string, string> = {}) => createApp(testDeps()).request(path, { headers });

describe("the assets of the pages", () => {
  it.each(["nothing.css", "..%2flanding.ts", "main.ts", "__proto__", "queue.test.ts"])(
    "are a closed list: %s is not among them",
    async (name) => expect((await ask(`/assets/${name}`)).status).toBe(404),
  );

  it.each([
    ["page.css", "text/css; charset=utf-8"],
    ["screen.css", "text/css; charset=utf-8"],
    ["dark.css", "text/css; charset=utf-8"],
    ["icon.svg", "image/svg+xml"],
  ])("say what %s is, and are asked for again only when they changed", async (name, mediaType) => {
    const response = await ask(`/assets/${name}`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(mediaType);
    expect(response.headers.get("cache-control")).toBe("private, no-cache");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    const etag = response.headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[\w-]{27}"$/);
    const again = await ask(`/assets/${name}`, { "if-none-match": etag });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe("");
    expect((await ask(`/assets/${name}`, { "if-none-match": '"other"' })).status).toBe(200);
  });
});
