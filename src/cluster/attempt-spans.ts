import type { PredictTask, TraceContext, Tracer } from "../contracts/index.ts";
import { inSpan } from "../platform/index.ts";
import { localName } from "./dispatch-core.ts";
import { subjects } from "./messages.ts";
import type { Outcome } from "./outcome.ts";

/** Attempts at one task so far. */
interface Made {
  count: number;
  open: number;
  readonly first: TraceContext | undefined;
}

/**
 * A span for each attempt at a task. One that begins while another is open is a hedge, any other but the first a retry;
 * both are linked to the first.
 */
export class AttemptSpans {
  readonly #tracer: Tracer;
  /** By the trace that all attempts at one task share: it is forgotten with the task. */
  readonly #made = new WeakMap<TraceContext, Made>();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** @param attempt is given the task as a part of the attempt's span */
  async of(
    target: string,
    task: PredictTask,
    signal: Pick<AbortSignal, "aborted">,
    attempt: (task: PredictTask) => Promise<Outcome>,
  ): Promise<Outcome> {
    const before = task.trace && this.#made.get(task.trace);
    const { count = 0, open = 0, first } = before ?? {};
    const cause = count === 0 ? "first" : open > 0 ? "hedge" : "retry";
    const start = {
      parent: task.trace,
      ...(first && { links: [first] }),
      attributes: { "fovea.node": target, "fovea.attempt": count + 1, "fovea.attempt_cause": cause, ...way(target) },
      ...(target !== localName && { kind: "client" as const }),
    };
    return inSpan(this.#tracer, "attempt", start, async (trace, span) => {
      const made = before ?? { count: 0, open: 0, first: trace };
      if (task.trace !== undefined) this.#made.set(task.trace, made);
      made.count++;
      made.open++;
      try {
        const outcome = await attempt({ ...task, trace });
        // Nobody waited for it any more: what it ended with is no answer to anybody.
        const ended = signal.aborted ? "cancelled" : outcome.kind === "lost" ? `lost-${outcome.cause}` : outcome.kind;
        span?.set({ "fovea.outcome": ended });
        if (outcome.kind === "refused" && !signal.aborted) span?.set({ "error.type": outcome.problem.code });
        if (outcome.kind === "lost" && !signal.aborted) span?.fail("engine-lost");
        return outcome;
      } finally {
        made.open--;
      }
    });
  }
}

const way = (target: string): Readonly<Record<string, string>> =>
  target === localName ? {} : { "messaging.system": "nats", "messaging.destination.name": subjects.predict(target) };
