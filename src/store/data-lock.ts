import { readFileSync } from "node:fs";
import { open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** Another process uses the folder. */
export class DataInUse extends Error {
  override readonly name = "DataInUse";
}

interface Holder {
  readonly pid: number;
  /** When that process began, in the kernel's ticks; a process id alone comes back after a restart. */
  readonly began: string;
}

/**
 * One process at a time may use an embedded database: two would destroy it. A holder that is gone, also by SIGKILL,
 * holds nothing.
 *
 * @returns a function that gives the folder back
 * @throws {DataInUse}
 */
export async function lockData(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, "in-use.json");
  const mine: Holder = { pid: process.pid, began: beganAt(process.pid) ?? "" };
  const own = `${path}.${process.pid}`;
  const file = await open(own, "w", 0o600);
  await file.writeFile(JSON.stringify(mine));
  await file.close();
  const holder = await readHolder(path);
  if (holder !== undefined && isAlive(holder)) {
    await rm(own, { force: true });
    throw new DataInUse(`${folder} is used by process ${holder.pid}`);
  }
  await rename(own, path);
  // Two that found the same dead holder: the one whose name stands has it.
  const winner = await readHolder(path);
  if (winner?.pid !== mine.pid) throw new DataInUse(`${folder} is used by process ${winner?.pid}`);
  return () => rm(path, { force: true });
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Holder;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, began }: Holder): boolean {
  if (pid === process.pid) return false;
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
