import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { ChangeAnswer, ChangeTask } from "./changed-picture-task.ts";

interface Waiting {
  readonly resolve: (answer: ChangeAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** Changes pictures in a thread of its own, because its owner must not load an image library. */
export class ChangedPictureThread {
  readonly #thread = new Worker(new URL("./changed-picture.worker.js", import.meta.url));
  readonly #exited = once(this.#thread, "exit");
  /** Oldest first: the thread answers in order. As many as whoever owns this asks for at once. */
  readonly #waiting: Waiting[] = [];
  #ended: Error | undefined;

  constructor() {
    this.#exited.catch(() => undefined);
    this.#thread.on("message", (answer: ChangeAnswer) => this.#waiting.shift()?.resolve(answer));
    this.#thread.on("error", (error: Error) => this.#end(error));
    this.#thread.on("exit", () => this.#end(new Error("the thread that changes pictures has ended")));
  }

  /** @throws when the thread has ended */
  change(task: ChangeTask): Promise<ChangeAnswer> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#thread.postMessage(task);
    });
  }

  /** After what was asked for before. */
  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    this.#thread.postMessage("close");
    await this.#exited;
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }
}
