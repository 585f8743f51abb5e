import { readFile, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

const lockName = ".fovea-watch.lock";
/** A holder on another machine that has not shown itself for so long is gone. */
const staleMs = 60_000;

/**
 * Which of several gateways reads a folder: the one whose word is in the lock file, looked at before every look. Two
 * that take over a dead one's lock at the same moment may overlap for one look; the claim under which each case is
 * recorded makes a second case of one file impossible even then.
 */
export class FolderLock {
  readonly #path: string;
  readonly #word: string;

  /** @param id names this gateway and no other */
  constructor(folder: string, id: string) {
    this.#path = join(folder, lockName);
    this.#word = JSON.stringify({ host: hostname(), pid: process.pid, id });
  }

  /** Takes the lock where it is free, and shows that its holder lives. @returns whether it is ours */
  async hold(wallMs: number): Promise<boolean> {
    const standing = await readFile(this.#path, "utf8").catch(() => undefined);
    if (standing === this.#word) {
      await utimes(this.#path, wallMs / 1000, wallMs / 1000);
      return true;
    }
    if (standing !== undefined && !(await this.#isStale(standing, wallMs))) return false;
    if (standing !== undefined) await unlink(this.#path).catch(() => undefined);
    return writeFile(this.#path, this.#word, { flag: "wx" }).then(
      () => true,
      () => false,
    );
  }

  async release(): Promise<void> {
    const standing = await readFile(this.#path, "utf8").catch(() => undefined);
    if (standing === this.#word) await unlink(this.#path).catch(() => undefined);
  }

  async #isStale(standing: string, wallMs: number): Promise<boolean> {
    const age = await stat(this.#path).then(
      ({ mtimeMs }) => wallMs - mtimeMs,
      () => 0,
    );
    if (age > staleMs) return true;
    try {
      const { host, pid } = JSON.parse(standing) as { host: string; pid: number };
      // Of this process but another watch: left by one that could not take it back.
      return host === hostname() && (pid === process.pid || !isAlive(pid));
    } catch {
      // Half a word: somebody is writing it.
      return false;
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
