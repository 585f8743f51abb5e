import {
  type Predictor,
  type PredictorStatus,
  type PredictResult,
  type PredictTask,
  Problem,
  type ProblemMessage,
} from "../contracts/index.ts";
import type { Bus, ImageExchange } from "./bus.ts";
import { GiveUp } from "./give-up.ts";
import { type Heartbeat, heartbeatSchema, subjects } from "./messages.ts";
import type { Outcome } from "./outcome.ts";
import { RemoteNode } from "./remote-node.ts";
import { readJson } from "./wire.ts";

/** One node as a `Predictor`: no choice, no second attempt. What is lost on the way is `engine-lost`. */
export class RemotePredictor implements Predictor {
  readonly #node: RemoteNode;
  readonly #unsubscribe: () => void;
  #beat: Heartbeat | undefined;
  #accepted = 0;
  #settled = 0;
  #cancelled = 0;

  constructor(name: string, bus: Bus, images: ImageExchange) {
    this.#node = new RemoteNode(name, bus, images);
    this.#unsubscribe = bus.subscribe(subjects.heartbeat(name), ({ payload }) => {
      this.#beat = readJson(payload, heartbeatSchema) ?? this.#beat;
    });
    bus.publish(subjects.hello, new Uint8Array());
  }

  close(): void {
    this.#unsubscribe();
  }

  async predict(task: PredictTask, signal: AbortSignal): Promise<PredictResult> {
    if (signal.aborted) throw new Problem("client-closed-request");
    this.#accepted++;
    const giveUp = new GiveUp();
    const end = () => giveUp.abort();
    signal.addEventListener("abort", end, { once: true });
    try {
      const outcome = await Promise.race([this.#node.attempt(task, giveUp), this.#givenUp(signal)]);
      if (outcome.kind === "answered") return outcome.result;
      throw Problem.fromMessage(problemOf(outcome));
    } finally {
      signal.removeEventListener("abort", end);
      this.#settled++;
    }
  }

  #givenUp(signal: AbortSignal): Promise<Outcome> {
    return new Promise((resolve) => {
      const end = () => {
        this.#cancelled++;
        resolve({ kind: "refused", problem: { code: "client-closed-request" } });
      };
      signal.addEventListener("abort", end, { once: true });
    });
  }

  async status(): Promise<PredictorStatus> {
    const beat = this.#beat;
    const none = { queuedItems: 0 };
    return {
      state: beat?.state ?? "starting",
      packs: beat?.packs ?? [],
      workers: beat?.slots ?? 0,
      busyWorkers: Math.min(beat?.slots ?? 0, beat?.load ?? 0),
      runningItems: this.#accepted - this.#settled,
      queuedItems: 0,
      queuedBytes: 0,
      lanes: { interactive: none, escalation: none, bulk: none },
      restarts: 0,
      acceptedItems: this.#accepted,
      settledItems: this.#settled,
      cancelledItems: this.#cancelled,
    };
  }
}

function problemOf(outcome: Exclude<Outcome, { kind: "answered" }>): ProblemMessage {
  if (outcome.kind === "refused") return outcome.problem;
  return outcome.cause === "silent" ? { code: "deadline-exceeded" } : { code: "engine-lost", retryAfterS: 1 };
}
