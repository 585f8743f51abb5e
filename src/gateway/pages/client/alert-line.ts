import { linkAlerts } from "./person-api.ts";
import type { Failure } from "./retry.ts";

const pauseFirstMs = 500;
const pauseMaxMs = 15_000;
/** Clients that lost the same server must not come back in step: up to this share is added to every pause. */
const jitterShare = 0.5;
/** A line over which nothing has come for so long, though it was asked, is dead: nobody told us. */
const pingMs = 20_000;
const pongMaxMs = 10_000;

export interface AlertFrame {
  readonly kind: string;
  /** Number of the alert; with it a client that was away is told what it missed. */
  readonly cursor: number;
  readonly data?: { readonly patientId?: string | null };
}

export type LineState = "connecting" | "live" | "lost" | "locked";

export interface AlertLineEvents {
  readonly onState: (state: LineState) => void;
  /** The line stands: whatever was there before may be asked for now, and nothing falls between. */
  readonly onOpen: () => void;
  /** Each alert once, in order. */
  readonly onAlert: (frame: AlertFrame) => void;
  readonly onFailure: (failure: Failure) => void;
}

/** @param tries that failed since the line last stood, at least 1. @param random [0, 1). @returns ms */
export const pauseMs = (tries: number, random: number): number =>
  Math.min(pauseMaxMs, pauseFirstMs * 2 ** (tries - 1)) * (1 + jitterShare * random);

/** Undefined for what is no frame. */
export function readFrame(text: unknown): AlertFrame | undefined {
  try {
    const frame = JSON.parse(String(text)) as Partial<AlertFrame> | null;
    return typeof frame?.kind === "string" && typeof frame.cursor === "number" ? (frame as AlertFrame) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Hears of every alert at once, and of those that came while the line was down when it stands again: the server is
 * told the cursor of the last one.
 * @returns connects; when it waits for its next try, at once
 */
export function alertLine(events: AlertLineEvents): () => void {
  let cursor: number | undefined;
  let tries = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let busy = false;
  const lose = (): void => {
    busy = false;
    tries++;
    events.onState("lost");
    clearTimeout(timer);
    timer = setTimeout(() => void connect(), pauseMs(tries, Math.random()));
  };
  const hear = (frame: AlertFrame): void => {
    if (frame.kind === "pong") return;
    // A server whose database was set back counts from there on.
    if (frame.kind !== "connected" && cursor !== undefined && frame.cursor <= cursor) return;
    cursor = frame.cursor;
    if (frame.kind === "connected") {
      tries = 0;
      events.onState("live");
      events.onOpen();
    } else events.onAlert(frame);
  };
  const connect = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    clearTimeout(timer);
    if (tries === 0) events.onState("connecting");
    const { value, failure } = await linkAlerts();
    if (failure !== undefined) {
      events.onFailure(failure);
      if (failure.status !== 401) return lose();
      busy = false;
      return events.onState("locked");
    }
    listen(addressOf(value.href, cursor), hear, lose);
  };
  addEventListener("online", () => void connect());
  return () => void connect();
}

/** The server may know itself under another name: a page speaks only with the host it came from. */
function addressOf(href: string, cursor: number | undefined): string {
  const address = new URL("/ws", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  address.search = new URL(href).search;
  if (cursor !== undefined) address.searchParams.set("cursor", String(cursor));
  return address.href;
}

function listen(address: string, hear: (frame: AlertFrame) => void, lose: () => void): void {
  const socket = new WebSocket(address);
  let heardAt = performance.now();
  const pulse = setInterval(() => {
    if (performance.now() - heardAt > pingMs + pongMaxMs) return end();
    if (socket.readyState === WebSocket.OPEN) socket.send("ping");
  }, pingMs);
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    clearInterval(pulse);
    socket.close();
    lose();
  };
  socket.addEventListener("message", ({ data }) => {
    heardAt = performance.now();
    const frame = ended ? undefined : readFrame(data);
    if (frame !== undefined) hear(frame);
  });
  socket.addEventListener("close", end);
  socket.addEventListener("error", end);
}
