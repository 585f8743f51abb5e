import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { until } from "./server.ts";

export interface BatchBody {
  readonly id: string;
  readonly status: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly itemsPerSecond: number | null;
  readonly etaSeconds: number | null;
  readonly webhook: string | null;
  readonly links: Readonly<Record<string, string>>;
}

export interface ResultBody {
  readonly index: number;
  readonly custom_id: string | null;
  readonly status: string;
  readonly case: {
    readonly id: string;
    readonly image: { readonly sha256: string };
    readonly externalId?: string;
  } | null;
  readonly error: { readonly code: string } | null;
}

export async function postBatch(
  server: { readonly url: string },
  query: string,
  body: FormData | Buffer | string,
  headers: Record<string, string> = {},
): Promise<Response> {
  const sent = typeof body === "string" || body instanceof FormData ? body : new Uint8Array(body);
  return fetch(`${server.url}/v1/batches?${query}`, { method: "POST", body: sent, headers });
}

export const ndjson = { "content-type": "application/x-ndjson" };
export const zip = { "content-type": "application/zip" };
export const lineOf = (item: object): string => `${JSON.stringify(item)}\n`;

export async function batchOf(server: { readonly url: string }, id: string): Promise<BatchBody> {
  return (await (await fetch(`${server.url}/v1/batches/${id}`)).json()) as BatchBody;
}

export async function finished(server: { readonly url: string }, id: string, timeoutMs = 120_000): Promise<BatchBody> {
  let batch: BatchBody | undefined;
  await until(
    async () => {
      batch = await batchOf(server, id);
      return batch.status === "done" || batch.status === "cancelled";
    },
    timeoutMs,
    `batch ${id} to end`,
  );
  return batch as BatchBody;
}

export async function resultsOf(server: { readonly url: string }, id: string, query = ""): Promise<ResultBody[]> {
  const text = await (await fetch(`${server.url}/v1/batches/${id}/results${query}`)).text();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as ResultBody);
}

/** A small server of ours that others are sent to. */
export interface Listener {
  readonly port: number;
  readonly requests: { readonly path: string; readonly headers: IncomingMessage["headers"]; readonly body: string }[];
  /** What it answers next; default: 200. */
  answer: (path: string) => { readonly status: number; readonly body?: Buffer; readonly location?: string };
  close(): Promise<void>;
}

export async function listenHere(): Promise<Listener> {
  const requests: Listener["requests"] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const path = request.url ?? "";
      requests.push({ path, headers: request.headers, body: Buffer.concat(chunks).toString() });
      const { status, body, location } = listener.answer(path);
      response.writeHead(status, location === undefined ? {} : { location });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const listener: Listener = {
    port: (server.address() as AddressInfo).port,
    requests,
    answer: () => ({ status: 200 }),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return listener;
}

export interface ServerEvent {
  readonly id: number;
  readonly event: string;
  readonly data: BatchBody;
}

/** Reads events until `enough` says so, or the stream ends, or breaks. */
export async function readEvents(
  url: string,
  enough: (events: readonly ServerEvent[]) => boolean,
  lastEventId?: number,
): Promise<ServerEvent[]> {
  const leave = new AbortController();
  const headers: Record<string, string> = lastEventId === undefined ? {} : { "last-event-id": String(lastEventId) };
  const answer = await fetch(url, { headers, signal: leave.signal });
  const events: ServerEvent[] = [];
  let text = "";
  try {
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      text += new TextDecoder().decode(chunk);
      for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
        const event = eventOf(text.slice(0, end));
        text = text.slice(end + 2);
        if (event !== undefined) events.push(event);
      }
      if (enough(events)) break;
    }
  } catch {
    // The server went: what was read counts.
  }
  leave.abort();
  return events;
}

function eventOf(text: string): ServerEvent | undefined {
  const lines = new Map(
    text.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
  );
  const data = lines.get("data");
  if (data === undefined) return undefined;
  return { id: Number(lines.get("id")), event: lines.get("event") ?? "", data: JSON.parse(data) as BatchBody };
}
