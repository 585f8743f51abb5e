import { type RouteConfig, z } from "@hono/zod-openapi";
import { Problem, type QueueName, queueNames } from "../../contracts/index.ts";
import { readBody } from "../case-request.ts";
import { answer, type GatewayApp } from "../documented.ts";
import { json, problemResponses } from "../responses.ts";
import { originOf, type Serving } from "../serving.ts";
import { receiveJson } from "../upload.ts";
import { queueChangeSchema, queueSchema } from "./queue-schemas.ts";

const changeBytesMax = 4096;
const tags = ["operation"];

const list: RouteConfig = {
  method: "get",
  path: "/v1/ops/queues",
  operationId: "listQueues",
  summary: "Work behind people who wait: how much of each queue this server does at once",
  tags,
  responses: {
    200: json("All queues", z.strictObject({ queues: z.array(queueSchema) })),
    ...problemResponses(["unauthorised"]),
  },
};

const order: RouteConfig = {
  method: "patch",
  path: "/v1/ops/queues/{queue}",
  operationId: "orderQueue",
  summary: "Pause a queue, let it go on, or have more or less of it done at once",
  description:
    "Holds at this server at once, at every other one on the same database within some seconds, and after a restart. A paused queue finishes what is on its way and takes nothing more; nothing that waits in it is lost, and a second look that is overdue still goes to a person. In the audit log with its reason's author.",
  tags,
  request: {
    params: z.object({ queue: z.string().openapi({ enum: [...queueNames] }) }),
    body: { required: true, content: { "application/json": { schema: queueChangeSchema } } },
  },
  responses: {
    200: json("The queue as it is worked on from now", queueSchema),
    ...problemResponses(["unauthorised", "field-invalid", "body-malformed", "queue-unknown", "store-unavailable"]),
  },
};

export function routeQueues(app: GatewayApp, serving: Pick<Serving, "queues" | "budget">): void {
  answer(app, list, (c) => {
    c.header("Cache-Control", "no-store");
    return c.json({ queues: serving.queues.list() });
  });
  answer(app, order, async (c) => {
    const queue = queueOf(c.req.param("queue") ?? "");
    const { paused, width, reason } = readBody(
      queueChangeSchema,
      await receiveJson(serving, c, { bytesMax: changeBytesMax }),
    );
    const change = { queue, reason, ...(paused !== undefined && { paused }), ...(width !== undefined && { width }) };
    return c.json(await serving.queues.order(change, originOf(c)));
  });
}

/** @throws {Problem} queue-unknown */
function queueOf(name: string): QueueName {
  const queue = queueNames.find((known) => known === name);
  if (queue === undefined) throw new Problem("queue-unknown", { detail: `The queues are ${queueNames.join(", ")}.` });
  return queue;
}
