import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const program = resolve(import.meta.dirname, "../../dist/cli/fovea.js");

/** `fovea node` as a child process. */
export interface NodeProcess {
  readonly name: string;
  readonly process: ChildProcess;
  /** Log lines so far, as parsed JSON. */
  readonly log: readonly Record<string, unknown>[];
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL to the node and its engine at once. */
  kill(): Promise<void>;
}

export async function startNode(
  name: string,
  url: string,
  environment: Record<string, string> = {},
): Promise<NodeProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), "fovea-node-"));
  const child = spawn(process.execPath, [program, "node"], {
    env: { ...process.env, NATS_URL: url, NODE_NAME: name, WORKERS: "1", DATA_DIR: dataDir, ...environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const log: Record<string, unknown>[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (process.env["TEST_NODE_LOG"]) process.stderr.write(`${line}\n`);
    if (line.startsWith("{")) log.push(JSON.parse(line) as Record<string, unknown>);
  });
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  const end = async (act: () => void): Promise<number | null> => {
    if (!isOver()) {
      const gone = once(child, "exit");
      act();
      await gone;
    }
    await rm(dataDir, { recursive: true, force: true });
    return child.exitCode;
  };
  return {
    name,
    process: child,
    log,
    stop: () => end(() => child.kill("SIGTERM")),
    kill: async () => {
      await end(() => {
        const engines = execFileSync("pgrep", ["-P", String(child.pid)], { encoding: "utf8" })
          .trim()
          .split("\n");
        for (const pid of [child.pid as number, ...engines.map(Number)]) process.kill(pid, "SIGKILL");
      });
    },
  };
}
