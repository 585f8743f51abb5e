import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isProblem, Problem } from "../contracts/index.ts";
import type { AllowedUrl } from "./allowed-url.ts";

/** One exchange, from the look-up of the name to the last byte. */
const exchangeMsMax = 15_000;

export interface Asked {
  readonly method: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Most bytes of the answer that are read. */
  readonly bytesMax: number;
}

export interface Answered {
  readonly status: number;
  /** Undefined when the answer is longer than was asked for. */
  readonly body: Buffer | undefined;
}

/**
 * One request to an address that was judged, on a connection of its own. A redirect is an answer, not a direction.
 * @throws {Problem} source-unavailable, url-refused, and the signal's own
 */
export function exchange({ url, lookup }: AllowedUrl, asked: Asked, signal: AbortSignal): Promise<Answered> {
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  const ending = AbortSignal.any([signal, AbortSignal.timeout(exchangeMsMax)]);
  return new Promise<Answered>((resolve, reject) => {
    const { method, headers = {}, body } = asked;
    const sent = send(url, { method, headers, lookup, signal: ending, agent: false }, (response) => {
      readBody(response, asked.bytesMax).then(
        (bytes) => resolve({ status: response.statusCode ?? 0, body: bytes }),
        reject,
      );
    });
    sent.on("error", reject);
    sent.end(body);
  }).catch((cause: unknown) => {
    if (signal.aborted) throw signal.reason;
    if (isProblem(cause)) throw cause;
    throw new Problem("source-unavailable", { detail: `${url.hostname} could not be asked.`, cause });
  });
}

async function readBody(response: IncomingMessage, bytesMax: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) {
      response.destroy();
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const passingStatuses = new Set([408, 425, 429]);

/**
 * @throws {Problem} source-unavailable for what may pass; url-refused for a redirect; image-missing for a no;
 *   image-too-large
 */
export async function fetchImage(from: AllowedUrl, bytesMax: number, signal: AbortSignal): Promise<Buffer> {
  const { status, body } = await exchange(from, { method: "GET", bytesMax }, signal);
  const host = from.url.hostname;
  if (status >= 500 || passingStatuses.has(status))
    throw new Problem("source-unavailable", { detail: `${host} answered ${status}.` });
  if (status >= 300 && status < 400)
    throw new Problem("url-refused", { detail: `${host} answered ${status}: redirects are not followed.` });
  if (status !== 200) throw new Problem("image-missing", { detail: `${host} answered ${status}.` });
  if (body === undefined)
    throw new Problem("image-too-large", { detail: `An image file may have at most ${bytesMax} bytes.` });
  return body;
}
