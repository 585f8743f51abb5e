import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { CaseRecord } from "../../src/contracts/index.ts";

const root = resolve(import.meta.dirname, "../..");
const program = join(root, "dist/cli/fovea.js");

/** A real server as a child process, on a free port, with a data folder of its own. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly process: ChildProcess;
  /** Log lines so far, as parsed JSON. */
  readonly log: readonly Record<string, unknown>[];
  enginePid(): number;
  /** Resident bytes of the server and everything it started. */
  residentBytes(): Promise<number>;
  metric(name: string): Promise<number>;
  /** Every recorded case, newest first, page by page over HTTP. */
  records(): Promise<CaseRecord[]>;
  ready(): Promise<void>;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL to every process of the server at once. */
  kill(): Promise<void>;
}

interface CasePageBody {
  readonly cases: readonly CaseRecord[];
  readonly next?: string;
}

/** @param held a data folder that outlives the server; default: one of its own, deleted with it */
export async function startServer(environment: Record<string, string> = {}, held?: string): Promise<TestServer> {
  const dataDir = held ?? (await mkdtemp(join(tmpdir(), "fovea-server-")));
  const child = spawn(process.execPath, [program, "serve"], {
    cwd: root,
    env: { ...process.env, PORT: "0", DATA_DIR: dataDir, ...environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const log: Record<string, unknown>[] = [];
  const lines = createInterface({ input: child.stderr });
  const port = await new Promise<number>((found, failed) => {
    const text: string[] = [];
    lines.on("line", (line) => {
      text.push(line);
      if (!line.startsWith("{")) return;
      const entry = JSON.parse(line) as Record<string, unknown>;
      log.push(entry);
      if (entry["msg"] === "listening") found(entry["port"] as number);
    });
    child.once("exit", (code) => failed(new Error(`server ended with ${code}:\n${text.join("\n")}`)));
  });
  const url = `http://127.0.0.1:${port}`;
  const enginePid = () => {
    const pids = execFileSync("pgrep", ["-P", String(child.pid)], { encoding: "utf8" })
      .trim()
      .split("\n");
    return Number(pids[0]);
  };
  return {
    url,
    port,
    dataDir,
    process: child,
    log,
    enginePid,
    residentBytes: async () => {
      let pages = 0;
      for (const pid of [child.pid, enginePid()])
        pages += Number((await readFile(`/proc/${pid}/statm`, "utf8")).split(" ")[1]);
      return pages * 4096;
    },
    metric: async (name) => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return text
        .split("\n")
        .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
        .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
    },
    records: async () => {
      const found: CaseRecord[] = [];
      for (let cursor: string | undefined = ""; cursor !== undefined; ) {
        const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
        const page = (await (await fetch(`${url}/v1/cases?limit=200${query}`)).json()) as CasePageBody;
        found.push(...page.cases);
        cursor = page.next;
      }
      return found;
    },
    ready: () => until(async () => (await fetch(`${url}/readyz`)).status === 200, 60_000, "the server to be ready"),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGTERM");
        await once(child, "exit");
      }
      if (held === undefined) await rm(dataDir, { recursive: true, force: true });
      return child.exitCode;
    },
    kill: async () => {
      const gone = once(child, "exit");
      for (const pid of [enginePid(), child.pid as number]) process.kill(pid, "SIGKILL");
      await gone;
    },
  };
}

/** Waits for a condition, not for a time; fails loudly when it does not come true. */
export async function until(
  condition: () => Promise<boolean> | boolean,
  timeoutMs: number,
  what: string,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (performance.now() < end) {
    if (await Promise.resolve(condition()).catch(() => false)) return;
    await new Promise((resume) => setTimeout(resume, 25));
  }
  throw new Error(`waited ${timeoutMs} ms for ${what}`);
}
