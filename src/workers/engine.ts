import type { ReaderPack } from "../contracts/pack.ts";
import { systemClock } from "../platform/index.ts";
import { EngineCore } from "./engine-core.ts";
import type { EngineSettings, FromEngine, ToEngine } from "./messages.ts";
import { ThreadPool } from "./thread-pool.ts";
import { WideReaders, worthMs } from "./wide-readers.ts";

const heartbeatMs = 1000;
/** Of what is being read, for the line that is written last. */
let traces: () => readonly string[] = () => [];

/**
 * The engine process: speaks with its parent over IPC and ends when told to, when the parent is gone, or when one of
 * its threads broke its contract. Signals of the terminal are the parent's to answer.
 *
 * @param entry the worker thread's file
 * @param wideWorthMs time of a run from which all cores are worth their memory; another one only in tests
 */
export function runEngine(entry: URL, wideWorthMs = worthMs): void {
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => undefined);
  let engine: Promise<Engine | undefined> = Promise.resolve(undefined);
  process.on("message", (message: ToEngine) => {
    if (message.kind === "configure") engine = start(entry, message.settings, wideWorthMs);
    else void engine.then((running) => running?.handle(message));
  });
  process.once("disconnect", () => void engine.then((running) => running?.end()));
}

function send(message: FromEngine): void {
  if (process.connected) process.send?.(message);
}

async function start(entry: URL, settings: EngineSettings, wideWorthMs: number): Promise<Engine | undefined> {
  const { provider, packs, workers } = settings;
  const pool = new ThreadPool(entry, workers, endForDefect, { provider, intraOpThreads: 1 });
  const wide = wideReaders(entry, settings, wideWorthMs, pool);
  try {
    const core = new EngineCore(settings, pool, send, systemClock, wide);
    traces = () => core.traces();
    core.learn(await pool.warm(packs, settings.later));
    send({ kind: "ready" });
    return new Engine(core, pool, wide, settings);
  } catch (error) {
    send({ kind: "unfit", reason: error instanceof Error ? error.message : String(error) });
    await pool.close();
    process.disconnect();
    return undefined;
  }
}

/** Only where more than one core is the engine's to use; a GPU's sessions have no cores of their own. */
function wideReaders(
  entry: URL,
  settings: EngineSettings,
  worthMs: number,
  ordinary: ThreadPool,
): WideReaders | undefined {
  const { workers, provider, wideBytesMax: bytesMax, packs } = settings;
  if (workers < 2 || provider !== "cpu" || bytesMax === 0) return undefined;
  const open = () => new ThreadPool(entry, 1, endForDefect, { provider, intraOpThreads: workers });
  const memory = () => process.availableMemory();
  return new WideReaders({ open, ordinary, bytesMax, worthMs, memory, tell: send }, packs);
}

/**
 * Nothing a broken thread says can be believed; the supervisor starts a fresh process. SIGKILL, because an orderly exit
 * while another thread runs a session aborts as well, only later.
 */
function endForDefect(error: unknown): void {
  const msg = error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${JSON.stringify({ level: 60, name: "engine", trace_ids: traces(), msg })}\n`);
  process.kill(process.pid, "SIGKILL");
}

process.on("unhandledRejection", endForDefect);

class Engine {
  readonly #core: EngineCore;
  readonly #pool: ThreadPool;
  readonly #wide: WideReaders | undefined;
  readonly #heart: NodeJS.Timeout;
  #packs: readonly ReaderPack[];
  #ending = false;

  constructor(core: EngineCore, pool: ThreadPool, wide: WideReaders | undefined, { packs }: EngineSettings) {
    this.#packs = packs;
    this.#wide = wide;
    this.#core = core;
    this.#pool = pool;
    this.#heart = setInterval(() => send({ kind: "heartbeat" }), heartbeatMs);
  }

  handle(message: Exclude<ToEngine, { kind: "configure" }>): void {
    if (message.kind === "predict") this.#core.offer(message.task, message.alone);
    else if (message.kind === "cancel") this.#core.cancel(message.id);
    else if (message.kind === "hold") void this.#hold(message);
    else if (message.kind === "status") send({ kind: "status", call: message.call, status: this.#core.status() });
    else void this.end();
  }

  /** Both sets are known while threads change over: what was queued for the old packs is still read by them. */
  async #hold({ call, packs, later }: Extract<ToEngine, { kind: "hold" }>): Promise<void> {
    const before = this.#packs;
    try {
      this.#core.know([...before, ...packs]);
      this.#core.learn(await this.#pool.warm(packs, later));
      this.#packs = packs;
      this.#core.know(packs);
      this.#wide?.know(packs);
      send({ kind: "held", call });
    } catch (error) {
      this.#core.know(before);
      send({ kind: "held", call, reason: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Finishes what was accepted, then lets the event loop run empty: the process is never ended during a run. */
  async end(): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    await this.#core.drained();
    await this.#wide?.close();
    clearInterval(this.#heart);
    await this.#pool.close();
    if (process.connected) process.disconnect();
  }
}
