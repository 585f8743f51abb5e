import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { setImmediate } from "node:timers/promises";
import { Problem } from "../contracts/index.ts";
import { type ByteLease, type JsonObject, readJsonObject, type Upload } from "../intake/index.ts";
import type { GatewayContext, Serving } from "./serving.ts";
import { limitBodyTime } from "./slow-body.ts";

/** A body on its way in, and a signal that ends the reading when its client has gone or lets it drip. */
export interface Reception {
  readonly upload: Upload;
  readonly signal: AbortSignal;
  /** The body is read, or will not be: stops the watch. */
  done(): void;
}

/** In the first what lies behind the body is read, in the second and third the socket ends. */
const leaveTurns = 3;

/**
 * A caller who left may have done so long before its body was read: that it hung up lies behind the body in the
 * socket. Asked before anything is computed, so that a server that was flooded does not read pictures for nobody.
 * @throws {Problem} client-closed-request
 */
export async function stillThere(c: GatewayContext): Promise<void> {
  const socket = c.env?.incoming?.socket;
  if (socket === undefined) return;
  for (let turn = 0; turn < leaveTurns; turn++) {
    await setImmediate();
    if (c.get("signal").aborted || socket.readableEnded) throw new Problem("client-closed-request");
  }
}

/** Node's own stream goes straight to intake: a web stream in between costs a copy and a third of the time. */
export function receive(c: GatewayContext): Reception {
  const incoming = c.env?.incoming;
  const client = c.get("signal");
  if (incoming === undefined) {
    const body = c.req.raw.body;
    const stream = body === null ? Readable.from([]) : Readable.fromWeb(body as ReadableStream);
    return { upload: { headers: c.req.header(), body: stream }, signal: client, done: () => undefined };
  }
  const controller = new AbortController();
  const gone = () => controller.abort(client.reason);
  if (client.aborted) gone();
  client.addEventListener("abort", gone, { once: true });
  const stop = limitBodyTime(incoming, () => controller.abort(new Problem("request-timeout")));
  return {
    upload: { headers: incoming.headers, body: incoming },
    signal: controller.signal,
    done: () => {
      stop();
      client.removeEventListener("abort", gone);
    },
  };
}

/**
 * The JSON object that a write consists of.
 * @param options `lease`: in place of a share of the budget that ends with the reading
 * @throws {Problem} as `readJsonObject`, and request-timeout
 */
export function receiveJson(
  { budget }: Pick<Serving, "budget">,
  c: GatewayContext,
  options: { readonly bytesMax: number; readonly lease?: ByteLease },
): Promise<JsonObject> {
  const { upload, signal, done } = receive(c);
  return readJsonObject(upload, { ...options, signal, budget }).finally(done);
}
