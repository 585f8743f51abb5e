import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { link, open, readdir, readFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Clock, systemClock } from "../platform/index.ts";
import { RegistryError } from "./registry-error.ts";

const pollMs = 20;

interface Holder {
  readonly pid: number;
  /** When that process began, in the kernel's ticks: a process id alone comes back after a restart. */
  readonly began: string;
  readonly token: string;
}

/**
 * Runs `act` while no other process or caller runs one under the same path. A holder that is gone, also by SIGKILL,
 * holds nothing.
 *
 * @throws {RegistryError} busy when the lock is not free within `waitMsMax`
 */
export async function underLock<T>(
  path: string,
  waitMsMax: number,
  act: () => Promise<T>,
  clock: Clock = systemClock,
): Promise<T> {
  const until = clock.now() + waitMsMax;
  const mine: Holder = { pid: process.pid, began: beganAt(process.pid) ?? "", token: randomBytes(8).toString("hex") };
  const own = `${path}.${mine.token}`;
  await writeWhole(own, JSON.stringify(mine));
  try {
    while (!(await take(own, path))) {
      const holder = await readHolder(path);
      if (holder !== undefined && !isAlive(holder) && (await clearDead(own, path, holder))) continue;
      if (clock.now() >= until)
        throw new RegistryError("busy", `${path} is held by process ${holder?.pid ?? "unknown"}`);
      await pause(pollMs);
    }
  } finally {
    await rm(own, { force: true });
  }
  try {
    await sweep(path);
    return await act();
  } finally {
    await rm(path, { force: true });
  }
}

/** A link appears whole or not at all, so that nobody reads half a holder. */
async function take(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/**
 * Two may find the same dead holder. Only who takes the claim named after its token may remove its lock, and only if
 * it is still there: a lock that somebody took meanwhile has another token. A claim whose holder died goes the same way.
 *
 * @returns whether something was cleared
 */
async function clearDead(own: string, path: string, dead: Holder): Promise<boolean> {
  const claim = `${path}.${dead.token}.dead`;
  if (!(await take(own, claim))) {
    const claimer = await readHolder(claim);
    return claimer !== undefined && !isAlive(claimer) && clearDead(own, claim, claimer);
  }
  try {
    if ((await readHolder(path))?.token === dead.token) await rm(path, { force: true });
    return true;
  } finally {
    await rm(claim, { force: true });
  }
}

/** Who was killed while it waited left files behind. They claim nothing of the lock that is held now. */
async function sweep(path: string): Promise<void> {
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(`${basename(path)}.`)) continue;
    const left = join(dirname(path), name);
    const holder = await readHolder(left);
    if (holder !== undefined && !isAlive(holder)) await rm(left, { force: true });
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Holder;
  } catch {
    // Given back between two looks.
    return undefined;
  }
}

function isAlive({ pid, began }: Holder): boolean {
  const found = beganAt(pid);
  return found !== undefined && (began === "" || found === began);
}

/** Linux says when a process began; elsewhere only whether it is there. */
function beganAt(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    if (process.platform === "linux") return undefined;
  }
  try {
    process.kill(pid, 0);
    return "";
  } catch {
    return undefined;
  }
}
