import type { Log } from "../platform/index.ts";
import type { FromEngine } from "./messages.ts";

/** What the supervisor knows of the second copies of networks that read lone images: they must never cost an engine twice. */
export class WideWatch {
  #bytesMax: number;
  readonly #log: Log;
  #loading: string | undefined;

  constructor(bytesMax: number, log: Log) {
    this.#bytesMax = bytesMax;
    this.#log = log;
  }

  /** Of the next engine. */
  get bytesMax(): number {
    return this.#bytesMax;
  }

  told(message: Extract<FromEngine, { kind: "wide" }>): void {
    const { pack } = message;
    this.#loading = message.state === "loading" ? pack : undefined;
    if (message.state === "ready") this.#log.info({ pack }, "a lone image is read with all cores");
    else if (message.state === "refused")
      this.#log.warn({ pack, reason: message.reason }, "a lone image is read with one core");
  }

  /** The engine ended. One that did so while it loaded a second copy, for want of memory perhaps, would do so again. */
  ended(): void {
    if (this.#loading === undefined) return;
    this.#log.error({ pack: this.#loading }, "the engine ended while it loaded for all cores: that is not tried again");
    this.#loading = undefined;
    this.#bytesMax = 0;
  }
}
