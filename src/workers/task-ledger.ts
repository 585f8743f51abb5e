import type { PredictResult, PredictTask, Problem } from "../contracts/index.ts";

/** An accepted task until it is settled. */
export interface OpenTask {
  readonly task: PredictTask;
  /** Monotonic ms. */
  readonly deadlineAt: number;
  /** How often it was given to an engine. */
  attempts: number;
}

interface Entry extends OpenTask {
  readonly resolve: (result: PredictResult) => void;
  readonly reject: (problem: Problem) => void;
}

/**
 * Owns every accepted task until it is settled, which happens once: whoever comes second finds nothing.
 * Invariant: accepted = settled + size.
 */
export class TaskLedger {
  readonly #open = new Map<string, Entry>();
  #accepted = 0;
  #settled = 0;
  #emptied: (() => void) | undefined;

  get size(): number {
    return this.#open.size;
  }

  get accepted(): number {
    return this.#accepted;
  }

  get settled(): number {
    return this.#settled;
  }

  /** @param onAbort called once when the caller gives up before the task is settled */
  accept(task: PredictTask, deadlineAt: number, signal: AbortSignal, onAbort: () => void): Promise<PredictResult> {
    if (this.#open.has(task.id)) throw new Error("a task id was used twice");
    this.#accepted++;
    return new Promise<PredictResult>((resolve, reject) => {
      const free = () => signal.removeEventListener("abort", onAbort);
      signal.addEventListener("abort", onAbort, { once: true });
      this.#open.set(task.id, {
        task,
        deadlineAt,
        attempts: 0,
        resolve: (result) => {
          free();
          resolve(result);
        },
        reject: (problem) => {
          free();
          reject(problem);
        },
      });
    });
  }

  get(id: string): OpenTask | undefined {
    return this.#open.get(id);
  }

  ids(): string[] {
    return [...this.#open.keys()];
  }

  /** Tasks that wait for the reading of this image. */
  of(sha256: string): string[] {
    return this.ids().filter((id) => this.#open.get(id)?.task.image.sha256 === sha256);
  }

  /** Tasks whose caller has given up by now. */
  late(now: number): string[] {
    const ids: string[] = [];
    for (const [id, { deadlineAt }] of this.#open) if (deadlineAt <= now) ids.push(id);
    return ids;
  }

  resolve(id: string, result: PredictResult): void {
    this.#take(id)?.resolve(result);
  }

  reject(id: string, problem: Problem): void {
    this.#take(id)?.reject(problem);
  }

  rejectAll(problem: () => Problem): void {
    for (const id of this.ids()) this.reject(id, problem());
  }

  /** Resolves when nothing is open; at once when nothing is. */
  async emptied(): Promise<void> {
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#emptied = resolve;
    });
  }

  #take(id: string): Entry | undefined {
    const entry = this.#open.get(id);
    if (entry === undefined) return undefined;
    this.#open.delete(id);
    this.#settled++;
    if (this.#open.size === 0) this.#emptied?.();
    return entry;
  }
}
