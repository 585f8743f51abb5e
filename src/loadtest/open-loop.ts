import type { Clock } from "../platform/index.ts";
import { type ArrivalPlan, arrivalTimes, planInWords } from "./arrivals.ts";
import type { PhaseReport } from "./phase.ts";
import type { PreparedRequest, Sender } from "./sender.ts";
import { Tally } from "./tally.ts";

export interface OpenLoop {
  readonly name: string;
  readonly plan: ArrivalPlan;
  readonly seed: number;
  /** Most requests open at once; what is due beyond it is counted as not sent. */
  readonly openMax: number;
  /** Sent in turn. */
  readonly requests: readonly PreparedRequest[];
  /** At the end all clients leave together, in place of waiting for their answers. */
  readonly leaveAtEnd?: boolean;
}

export interface Surroundings {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProgress?: (doneSeconds: number, ofSeconds: number) => void;
}

export interface Counted {
  readonly report: PhaseReport;
  readonly tally: Tally;
}

/**
 * Sends each request when it is due, whatever became of those before it, and counts its time from then: a server that
 * stalls is charged with every request that was due meanwhile. Resolves when every request has ended.
 */
export function runOpenLoop(
  sender: Sender,
  loop: OpenLoop,
  { clock, signal, onProgress }: Surroundings,
): Promise<Counted> {
  const { plan, requests } = loop;
  const planMs = plan.seconds * 1000;
  const tally = new Tally(planMs);
  const due = arrivalTimes(plan, loop.seed);
  const startedAt = clock.now();
  const now = (): number => clock.now() - startedAt;
  let next = due.next();
  let open = 0;
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  return new Promise((resolve) => {
    const settle = (): void => {
      if (!isOver || open > 0) return;
      signal.removeEventListener("abort", stop);
      const head = { name: loop.name, loop: "open", plan: planInWords(plan), clients: null } as const;
      resolve({ report: tally.report(head, isStopped() ? stoppedAt / 1000 : plan.seconds, isStopped()), tally });
    };
    const send = (dueAt: number): void => {
      if (open >= loop.openMax) {
        tally.skip(dueAt);
        return;
      }
      const request = requests[tally.sent % requests.length] as PreparedRequest;
      open++;
      tally.send(dueAt, now());
      sender.post(request, (reply) => {
        open--;
        tally.end({ ...reply, dueAt, endedAt: now(), isBad: request.isBad === true });
        settle();
      });
    };
    const pump = (): void => {
      for (; next.done !== true && next.value <= now(); next = due.next()) send(next.value);
      onProgress?.(Math.min(plan.seconds, now() / 1000), plan.seconds);
      // The time after the last request belongs to the plan as well.
      const restMs = (next.done === true ? planMs : next.value) - now();
      if (next.done !== true || restMs > 0) timer = setTimeout(pump, restMs);
      else end(loop.leaveAtEnd === true);
    };
    const end = (leave: boolean): void => {
      isOver = true;
      if (leave) sender.leave();
      settle();
    };
    let stoppedAt = Number.NaN;
    const isStopped = (): boolean => !Number.isNaN(stoppedAt);
    const stop = (): void => {
      clearTimeout(timer);
      if (!isOver) stoppedAt = now();
      end(true);
    };
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    else pump();
  });
}
