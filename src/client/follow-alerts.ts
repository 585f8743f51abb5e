import type { AlertKind } from "../contracts/index.ts";
import { AlertSocket, type WebSocketConstructor } from "./alert-socket.ts";
import { pause } from "./pause.ts";
import { FoveaProblem } from "./problem.ts";

/** Pause before the server is asked again, doubled for each time in a row that it did not answer, milliseconds. */
const pauseMs = 250;
const pauseMsMax = 15_000;

/** Something that happened: names things, holds no image and no name of a person. */
export interface FoveaAlert {
  readonly kind: AlertKind;
  /** Counts without gaps. Keep it, and `follow` goes on behind it. */
  readonly cursor: number;
  /** RFC 3339 with Z. */
  readonly at: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface AlertSource {
  /** Address of a WebSocket that needs no key, for a short time. */
  readonly address: (signal: AbortSignal) => Promise<URL>;
  readonly WebSocket: WebSocketConstructor;
}

/**
 * Every alert behind the cursor, once and in order, over as many WebSockets as it takes.
 *
 * @param from default: the newest alert now, so that only what happens later is told
 * @throws {FoveaProblem} one that will not pass by itself, such as unauthorised
 */
export async function* followAlerts(
  { address, WebSocket }: AlertSource,
  from: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<FoveaAlert, void> {
  let cursor = from;
  let failures = 0;
  while (!signal.aborted) {
    const url = await address(signal).catch((error: unknown) => {
      if (error instanceof FoveaProblem && !error.retryable) throw error;
      return undefined;
    });
    if (url !== undefined && !signal.aborted) {
      if (cursor !== undefined) url.searchParams.set("cursor", String(cursor));
      for await (const frame of framesOf(WebSocket, url, signal)) {
        failures = 0;
        // The server may start elsewhere than it was asked: a cursor of another database leads nowhere.
        cursor = frame.cursor;
        if (frame.kind !== "connected") yield frame as FoveaAlert;
      }
    }
    await pause(Math.min(pauseMsMax, pauseMs * 2 ** failures++), signal).catch(() => undefined);
  }
}

async function* framesOf(WebSocket: WebSocketConstructor, url: URL, signal: AbortSignal) {
  const socket = new AlertSocket(WebSocket, url.href);
  const end = () => socket.end();
  signal.addEventListener("abort", end, { once: true });
  try {
    for (let frame = await socket.next(); frame !== undefined && !signal.aborted; frame = await socket.next())
      yield frame;
  } finally {
    signal.removeEventListener("abort", end);
    socket.end();
  }
}
