import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import type { GatewayEnv } from "../serving.ts";
import { requestId } from "./request-id.ts";

const app = new Hono<GatewayEnv>().use(requestId()).get("/", (c) => c.text(c.get("requestId")));
const ask = async (id?: string) => {
  const response = await app.request("/", id === undefined ? {} : { headers: { "x-request-id": id } });
  const text = await response.text();
  expect(response.headers.get("x-request-id")).toBe(text);
  return text;
};

describe("the request id", () => {
  it.each(["", "a b", "id\t1", "<script>", '","admin":"1', "é", "x".repeat(129)])(
    "%j is replaced by a new one",
    async (id) => {
      expect(await ask(id)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    },
  );

  it("is made where there is none, each time another", async () => {
    expect(await ask()).not.toBe(await ask());
  });

  it.each(["req-1", "01890a5d-ac96-774b-bcce-b302099a8057", "trace:a.b_c"])("%s is kept", async (id) =>
    expect(await ask(id)).toBe(id),
  );
});
