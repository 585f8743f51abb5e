import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import type { GatewayEnv } from "../serving.ts";
import { clientSignal } from "./client-signal.ts";

async function signalOf(outgoing?: Partial<ServerResponse>, init: RequestInit = {}): Promise<AbortSignal> {
  const seen: AbortSignal[] = [];
  const app = new Hono<GatewayEnv>().use(clientSignal()).get("/", (c) => {
    seen.push(c.get("signal"));
    return c.text("");
  });
  await app.request("/", init, outgoing === undefined ? {} : { outgoing });
  const [signal] = seen;
  if (signal === undefined) throw new Error("no signal");
  return signal;
}

const response = (writableFinished: boolean, destroyed = false) =>
  Object.assign(new EventEmitter(), { writableFinished, destroyed }) as unknown as ServerResponse;

describe("the client's signal", () => {
  it("is aborted with a problem when the socket closes before the answer is finished", async () => {
    const outgoing = response(false);
    const signal = await signalOf(outgoing);
    expect(signal.aborted).toBe(false);
    outgoing.emit("close");
    expect(signal.reason).toMatchObject({ code: "client-closed-request" });
  });

  it("is aborted at once for a client that has already gone", async () => {
    expect((await signalOf(response(false, true))).aborted).toBe(true);
  });

  it("is left alone when the answer was finished", async () => {
    const outgoing = response(true);
    const signal = await signalOf(outgoing);
    outgoing.emit("close");
    expect(signal.aborted).toBe(false);
  });

  it("follows the request's own signal where there is no socket", async () => {
    const controller = new AbortController();
    const signal = await signalOf(undefined, { signal: controller.signal });
    controller.abort();
    expect(signal.reason).toMatchObject({ code: "client-closed-request" });
  });
});
