import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { childEnvironment } from "../platform/index.ts";
import type { EngineSettings, FromEngine, ToEngine } from "./messages.ts";

export interface EngineEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One engine process and its channel. Says `onEnd` once, whatever ended it. */
export class EngineChild {
  readonly #process: ChildProcess;
  #ended = false;

  constructor(
    program: URL,
    settings: EngineSettings,
    on: { readonly message: (message: FromEngine) => void; readonly end: (end: EngineEnd) => void },
  ) {
    this.#process = fork(fileURLToPath(program), [], {
      // Structured clone keeps bytes as bytes.
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      execArgv: [],
      env: childEnvironment({
        // Each arena keeps its own free memory; two are enough for threads that mostly compute.
        MALLOC_ARENA_MAX: "2",
        // libvips decodes on libuv's pool: as many there as there are workers.
        UV_THREADPOOL_SIZE: String(Math.max(2, settings.workers)),
      }),
    });
    this.#process.on("message", (message) => on.message(message as FromEngine));
    const end = (code: number | null, signal: NodeJS.Signals | null) => {
      if (this.#ended) return;
      this.#ended = true;
      on.end({ code, signal });
    };
    this.#process.once("exit", end);
    this.#process.once("error", () => end(null, null));
    this.send({ kind: "configure", settings });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** What cannot be sent any more is not lost: the end of the process is reported, and its tasks are tried again. */
  send(message: ToEngine): void {
    if (this.#process.connected) this.#process.send(message, () => undefined);
  }

  /** Only for a process that hangs: threads cannot be stopped, so the whole process goes. */
  kill(): void {
    this.#process.kill("SIGKILL");
  }
}
