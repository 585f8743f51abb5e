import { setTimeout as wait } from "node:timers/promises";
import type { Counted, Surroundings } from "./open-loop.ts";
import type { PreparedRequest, Reply, Sender } from "./sender.ts";
import { Tally } from "./tally.ts";

export interface ClosedLoop {
  readonly name: string;
  /** Each sends its next request when the one before is answered. */
  readonly clients: number;
  /** It ends by time, by number of requests, or by whichever comes first. */
  readonly seconds?: number;
  readonly requestsPerClient?: number;
  /** Between an answer and the next request. */
  readonly pauseMs?: number;
  readonly requests: readonly PreparedRequest[];
}

/** A client that is refused asks no sooner than this: at once would measure only how fast it is refused. */
const refusedPauseMs = 10;

/**
 * Finds how much a server does when it is never out of work. Says little about waiting: while an answer is late its
 * client sends nothing, so the waiting of those who would have come is not counted.
 */
export async function runClosedLoop(
  sender: Sender,
  loop: ClosedLoop,
  { clock, signal, onProgress }: Surroundings,
): Promise<Counted> {
  const { clients, seconds = Number.POSITIVE_INFINITY, requestsPerClient = Number.POSITIVE_INFINITY, requests } = loop;
  const tally = new Tally(seconds * 1000);
  const startedAt = clock.now();
  const now = (): number => clock.now() - startedAt;
  const post = (request: PreparedRequest) => new Promise<Reply>((ended) => sender.post(request, ended));
  const stop = (): void => sender.leave();
  signal.addEventListener("abort", stop, { once: true });
  const client = async (i: number): Promise<void> => {
    // Each begins elsewhere in the row, so that no two send the same picture at about the same time.
    const from = Math.floor((requests.length * i) / clients);
    for (let k = 0; k < requestsPerClient && now() < seconds * 1000 && !signal.aborted; k++) {
      const sentAt = now();
      tally.send(sentAt, sentAt);
      const request = requests[(from + k) % requests.length] as PreparedRequest;
      const reply = await post(request);
      tally.end({ ...reply, dueAt: sentAt, endedAt: now(), isBad: request.isBad === true });
      if (Number.isFinite(seconds)) onProgress?.(Math.min(seconds, now() / 1000), seconds);
      else onProgress?.(tally.sent, clients * requestsPerClient);
      const pauseMs = reply.outcome === "ok" ? (loop.pauseMs ?? 0) : Math.max(refusedPauseMs, loop.pauseMs ?? 0);
      if (pauseMs > 0) await wait(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, i) => client(i)));
  signal.removeEventListener("abort", stop);
  const paused = loop.pauseMs ? `, ${loop.pauseMs} ms pause` : "";
  const plan = `${clients} ${clients === 1 ? "client" : "clients"}${paused}`;
  const head = { name: loop.name, loop: "closed", plan, clients } as const;
  return { report: tally.report(head, Math.min(seconds, now() / 1000), signal.aborted), tally };
}
