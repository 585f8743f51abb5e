import { describe, expect, it } from "vitest";
import { testDeps } from "../../../test/support/gateway.ts";
import { createApp } from "../app.ts";
import { queueSchema } from "./queue-schemas.ts";

const patch = (app: ReturnType<typeof createApp>, queue: string, body: unknown) =>
  app.request(`/v1/ops/queues/${queue}`, {
    method: "PATCH",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });

describe("/v1/ops/queues", () => {
  it("pauses a queue, lets it go on, and says who ordered it", async () => {
    const app = createApp(testDeps());
    const paused = await patch(app, "batches", { paused: true, reason: "maintenance" });
    expect(paused.status).toBe(200);
    expect(queueSchema.parse(await paused.json())).toMatchObject({
      width: 0,
      order: { paused: true, reason: "maintenance", by: "loopback" },
    });
    const { queues } = (await (await app.request("/v1/ops/queues")).json()) as { queues: unknown[] };
    expect(queues.map((queue) => queueSchema.parse(queue).width)).toEqual([0, 4, 1]);
    expect(await (await patch(app, "batches", { paused: false, reason: "done" })).json()).toMatchObject({ width: 4 });
  });

  it.each([
    ["another queue", "nothing", { paused: true, reason: "x" }, 404, "queue-unknown"],
    ["no reason", "batches", { paused: true }, 400, "field-invalid"],
    ["an empty reason", "batches", { paused: true, reason: " " }, 400, "field-invalid"],
    ["nothing to change", "batches", { reason: "x" }, 400, "field-invalid"],
    ["no items at once", "batches", { width: 0, reason: "x" }, 400, "field-invalid"],
    ["too many at once", "batches", { width: 33, reason: "x" }, 400, "field-invalid"],
    ["a field that is none", "batches", { width: 3, reason: "x", by: "me" }, 400, "field-invalid"],
  ])("refuses %s, and changes nothing", async (_what, queue, body, status, code) => {
    const app = createApp(testDeps());
    const answer = await patch(app, queue, body);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([status, code]);
    expect(((await (await app.request("/v1/ops/queues")).json()) as { queues: object[] }).queues).toEqual(
      testDeps().queues.list(),
    );
  });
});
