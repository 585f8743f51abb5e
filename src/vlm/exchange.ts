import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isProblem, Problem } from "../contracts/index.ts";
import type { Destination } from "./destination.ts";

/** Most bytes of an answer; the longest analysis with its reasoning is a tenth of it. */
export const replyBytesMax = 512 * 1024;

export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** The connection failed before the answer was whole: the one failure that is worth another attempt. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
  /** Of the system call, e.g. ECONNREFUSED. */
  readonly code: string;

  constructor(cause: unknown) {
    super("the connection failed", { cause });
    this.code = cause instanceof Error && "code" in cause ? String(cause.code) : "no code";
  }
}

/**
 * One request and its answer. Not `fetch`: that gives up after 300 s without headers, which come only when the model
 * has finished, and follows redirects unless told otherwise. This never follows one: a 3xx is an answer like any other.
 *
 * @param body JSON to post; without one it is a GET
 * @throws the signal's reason, {ConnectionLost}, {Problem} inference-failed when the answer is too large
 */
export async function exchange(to: Destination, path: string, body: string | undefined, signal: AbortSignal) {
  const send = to.url.startsWith("https:") ? requestHttps : requestHttp;
  const options = {
    method: body === undefined ? "GET" : "POST",
    // A connection of its own: none that was kept can turn out to be closed, and none outlives its answer.
    agent: false,
    signal,
    headers: {
      accept: "application/json",
      // A compressed answer could be small on the way and unbounded here.
      "accept-encoding": "identity",
      ...(to.apiKey !== undefined && { authorization: `Bearer ${to.apiKey}` }),
      ...(body !== undefined && { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
    },
  };
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      send(`${to.url}${path}`, options, resolve).on("error", reject).end(body);
    });
    return { status: response.statusCode ?? 0, body: await textOf(response) } satisfies Reply;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (isProblem(error)) throw error;
    throw new ConnectionLost(error);
  }
}

/** Leaving the loop early destroys the response, and with it the connection. */
async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > replyBytesMax)
      throw new Problem("inference-failed", { detail: `the model server's answer is over ${replyBytesMax} bytes` });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
