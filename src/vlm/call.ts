import { Problem } from "../contracts/index.ts";

/** One request's life. Its signal's reason is the problem of whoever gave up first: the caller, the clock or we. */
export class Call {
  readonly #controller = new AbortController();
  readonly #client: AbortSignal;
  readonly #clock: NodeJS.Timeout;
  readonly #leave = (): void => this.end(new Problem("client-closed-request"));

  constructor(client: AbortSignal, remainingMs: number) {
    this.#client = client;
    this.#client.addEventListener("abort", this.#leave, { once: true });
    this.#clock = setTimeout(() => this.end(new Problem("deadline-exceeded")), remainingMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  end(problem: Problem): void {
    this.#controller.abort(problem);
  }

  close(): void {
    clearTimeout(this.#clock);
    this.#client.removeEventListener("abort", this.#leave);
  }
}
