import type { IncomingMessage } from "node:http";

/** How long a body may stay behind the rate before it is refused; as long as Node waits for a head. */
export const bodyGraceMs = 10_000;
/** About 65 kbit/s: a clinic on a mobile network is faster, a client that drips to hold a place is not. */
export const bodyBytesPerSecondMin = 8 * 1024;
const tickMs = 1000;

/**
 * The longest any body of this size may take, ms: Node's own limit stands behind ours.
 * A fixed limit would refuse large images from slow places, or let a dripping client stay for minutes.
 */
export const bodyMsMax = (bytes: number): number => bodyGraceMs + Math.ceil((bytes / bodyBytesPerSecondMin) * 1000);

/**
 * Calls `late` once when a client owes bytes for longer than the grace and the rate allow. Time in which we hold the
 * client back, because the reader is busy, does not count.
 *
 * @returns stops the watch
 */
export function limitBodyTime(incoming: IncomingMessage, late: () => void): () => void {
  const { socket } = incoming;
  const before = socket.bytesRead;
  let waitedMs = 0;
  const timer = setInterval(() => {
    if (incoming.complete) return clearInterval(timer);
    if (incoming.readableLength === 0 && !incoming.isPaused()) waitedMs += tickMs;
    if (waitedMs <= bodyMsMax(socket.bytesRead - before)) return;
    clearInterval(timer);
    late();
  }, tickMs);
  timer.unref();
  return () => clearInterval(timer);
}
