import { resolve } from "node:path";
import { isProblem, type ProblemCode } from "../contracts/index.ts";
import { type FoundFile, listFiles, moveTo, prepareFolder } from "./watch-folder-files.ts";
import { FolderLock } from "./watch-folder-lock.ts";
import { FolderScan, type WatchFolderDeps } from "./watch-folder-scan.ts";

/** Files being read at once: people who wait come first, and each file is held in memory. */
const filesAtOnce = 2;
/** A file in trouble that is not its own waits twice as long each time, up to this. */
const backOffMsMax = 300_000;
/** Tries of a file whose trouble nobody expected. */
const surprisesMax = 5;
/** A file that looks cut off may still be written: it is given up only when it has not changed for so long. */
const settledMs = 3000;

/** Not the file's fault, though the same request would fail again until somebody mends the server. */
const ours: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  "pack-not-installed",
  "programme-unknown",
  "client-closed-request",
  "person-changed",
  // Removed while its picture was read: at the next try the case waits to be matched.
  "person-unknown",
]);

interface Trouble {
  readonly times: number;
  readonly notBefore: number;
}

/**
 * Reads images that are dropped into a folder. A file is read when it was the same at two looks in a row; then it lies
 * in `processed`, or in `failed` with the reason beside it. While the server is in trouble files stay where they are.
 */
export class WatchFolder {
  readonly #deps: WatchFolderDeps;
  readonly #folder: string;
  readonly #endings: ReadonlySet<string>;
  readonly #scan: FolderScan;
  readonly #lock: FolderLock;
  readonly #stopped = new AbortController();
  #seen = new Map<string, FoundFile>();
  #troubles = new Map<string, Trouble>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(deps: WatchFolderDeps) {
    const { config } = deps;
    this.#deps = deps;
    this.#folder = resolve(config.WATCH_FOLDER_PATH);
    const endings = config.WATCH_FOLDER_EXTENSIONS.toLowerCase().split(",");
    this.#endings = new Set(endings.map((each) => each.trim()).filter((each) => each !== ""));
    this.#scan = new FolderScan(deps);
    this.#lock = new FolderLock(this.#folder, deps.newCaseId());
  }

  /** @throws when the folder cannot be made */
  async start(): Promise<void> {
    await prepareFolder(this.#folder);
    this.#next();
  }

  /** Ends after the files that are being read; what was not recorded stays where it is. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    clearTimeout(this.#timer);
    await this.#looking;
    await this.#lock.release();
  }

  /** Looks now, unless a look is under way. */
  look(): void {
    if (this.#stopped.signal.aborted || this.#looking !== undefined) return;
    clearTimeout(this.#timer);
    this.#looking = this.#readWhatIsThere()
      .catch((error: unknown) => this.#deps.log.warn({ err: error }, "the watched folder cannot be read"))
      .finally(() => {
        this.#looking = undefined;
        this.#next();
      });
  }

  #next(): void {
    if (this.#stopped.signal.aborted) return;
    this.#timer = setTimeout(() => this.look(), 1000 * this.#deps.config.WATCH_FOLDER_POLL_SECONDS).unref();
  }

  async #readWhatIsThere(): Promise<void> {
    const { clock } = this.#deps;
    if (!(await this.#lock.hold(clock.wallMs()))) return;
    const found = await listFiles(this.#folder, this.#endings);
    const before = this.#seen;
    this.#seen = new Map(found.map((file) => [file.name, file]));
    this.#troubles = new Map([...this.#troubles].filter(([name]) => this.#seen.has(name)));
    const ready = found.filter((file) => {
      const last = before.get(file.name);
      const waits = (this.#troubles.get(file.name)?.notBefore ?? 0) > clock.now();
      return last?.size === file.size && last.mtimeMs === file.mtimeMs && !waits;
    });
    const readers = Array.from({ length: filesAtOnce }, async () => {
      for (let file = ready.shift(); file !== undefined && this.#mayRead(); file = ready.shift()) {
        await this.#lock.hold(clock.wallMs());
        await this.#readOne(file);
      }
    });
    await Promise.all(readers);
  }

  #mayRead(): boolean {
    return !this.#stopped.signal.aborted;
  }

  async #readOne(file: FoundFile): Promise<void> {
    try {
      const scanned = await this.#scan.run(this.#folder, file, this.#stopped.signal);
      if (scanned === undefined) return;
      await moveTo(this.#folder, "processed", file.name);
      if (scanned.sidecar !== undefined) await moveTo(this.#folder, "processed", scanned.sidecar);
      this.#troubles.delete(file.name);
    } catch (error) {
      await this.#giveUpOrWait(file, error);
    }
  }

  async #giveUpOrWait(file: FoundFile, error: unknown): Promise<void> {
    if (this.#stopped.signal.aborted) return;
    const { clock, log } = this.#deps;
    const code = isProblem(error) ? error.code : "internal";
    const times = (this.#troubles.get(file.name)?.times ?? 0) + 1;
    const isUnsettled = code === "image-malformed" && clock.wallMs() - file.mtimeMs < settledMs;
    const passes = isProblem(error) ? error.spec.retryable || ours.has(error.code) : times < surprisesMax;
    if (!isUnsettled && !passes && (await this.#giveUp(file, code, error))) return;
    const pollMs = 1000 * this.#deps.config.WATCH_FOLDER_POLL_SECONDS;
    const waitMs = isUnsettled ? pollMs : Math.min(pollMs * 2 ** Math.min(times, 20), backOffMsMax);
    this.#troubles.set(file.name, { times: isUnsettled ? 0 : times, notBefore: clock.now() + waitMs });
    if (!isUnsettled) log.warn({ code, times, ...(!isProblem(error) && { err: error }) }, "a dropped file waits");
  }

  /** @returns false when even that fails: the file stays and is tried again */
  async #giveUp(file: FoundFile, code: string, error: unknown): Promise<boolean> {
    const { clock, log } = this.#deps;
    const detail = isProblem(error) ? (error.detail ?? error.spec.title) : "unexpected";
    try {
      await moveTo(this.#folder, "failed", file.name, { code, detail, at: clock.timestamp() });
      log.warn({ code, ...(!isProblem(error) && { err: error }) }, "a dropped file was given up");
      await this.#scan.tellFailed(file, code);
      return true;
    } catch (failure) {
      log.warn({ code: isProblem(failure) ? failure.code : "internal" }, "a dropped file cannot be given up");
      return false;
    }
  }
}
