import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";

/** Most of a refused body that is read only to be thrown away. */
export const discardBytesMax = 128 * 1024 * 1024;
/** And the longest that may take. */
export const discardMsMax = 5000;

/** Whether the answer would go out while its request is still coming in. */
export const isBodyOwed = ({ incoming, outgoing }: HttpBindings): boolean =>
  !incoming.complete &&
  !incoming.destroyed &&
  !outgoing.headersSent &&
  (incoming.headers["transfer-encoding"] !== undefined || Number(incoming.headers["content-length"] ?? 0) > 0);

/**
 * Answers a request that was refused before its body had arrived. Most clients read the answer only once they have
 * sent everything, and a socket that is closed with unread bytes resets, which destroys the answer on its way. So the
 * whole answer is written, with `Connection: close`; the rest of the body is discarded within bounds; and only then is
 * the answer ended, at which Node closes the socket.
 *
 * @returns what tells the adapter that there is nothing left to send
 */
export async function answerUnread(response: Response, { incoming, outgoing }: HttpBindings): Promise<Response> {
  const body = Buffer.from(await response.arrayBuffer());
  outgoing.writeHead(response.status, {
    ...Object.fromEntries(response.headers),
    "content-length": body.length,
    connection: "close",
  });
  if (incoming.method !== "HEAD" && body.length > 0) outgoing.write(body);
  else outgoing.flushHeaders();
  discard(incoming, outgoing);
  return RESPONSE_ALREADY_SENT;
}

function discard(incoming: IncomingMessage, outgoing: ServerResponse): void {
  let bytes = 0;
  const stop = () => {
    clearTimeout(timer);
    incoming.off("data", count).off("end", stop).off("close", stop);
    outgoing.end();
  };
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > discardBytesMax) stop();
  };
  const timer = setTimeout(stop, discardMsMax);
  incoming
    .on("data", count)
    .once("end", stop)
    .once("close", stop)
    .on("error", () => undefined);
  incoming.resume();
}
