// A server of a load test's own, its start timed and its processes looked at from outside.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const program = resolve(import.meta.dirname, "../dist/cli/fovea.js");
const pageBytes = Number(execFileSync("getconf", ["PAGESIZE"], { encoding: "utf8" }));
const readyMsMax = 120_000;
const lookMs = 20;

/** A folder for one server after the other; `remove` deletes it. */
export function dataFolder() {
  const path = mkdtempSync(join(tmpdir(), "fovea-load-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * Starts a server and waits until it would accept a case.
 * @param {Record<string, string>} settings
 * @param {string} dataDir
 */
export async function openServer(settings, dataDir) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [program, "serve"], {
    env: { ...process.env, PORT: "0", DATA_DIR: dataDir, LOG_LEVEL: "info", ...settings },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const port = await new Promise((found, failed) => {
    const said = [];
    createInterface({ input: child.stderr }).on("line", (line) => {
      const entry = line.startsWith("{") ? JSON.parse(line) : {};
      if (entry.msg === "listening") found(entry.port);
      if (said.length < 100) said.push(line);
    });
    child.once("exit", (code) => failed(new Error(`the server ended with ${code}:\n${said.join("\n")}`)));
  });
  const url = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) {
    if (performance.now() - startedAt > readyMsMax) throw new Error(`not ready in ${readyMsMax} ms`);
    await new Promise((go) => setTimeout(go, lookMs));
  }
  return {
    url,
    readyMs: performance.now() - startedAt,
    look: (atS) => look(url, child.pid, atS),
    cpuSeconds: () => processTree(child.pid).reduce((sum, pid) => sum + cpuOf(pid), 0),
    stop: async () => {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** A process and everything it started. */
function processTree(pid) {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), Number(fields(name)[1])]);
  const found = [pid];
  for (const each of found) found.push(...parents.filter(([, parent]) => parent === each).map(([child]) => child));
  return found;
}

/** Of /proc/PID/stat, from the state on: what stands before it may hold spaces. */
function fields(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

/** Linux counts CPU time in hundredths of a second. */
const cpuOf = (pid) => (Number(fields(pid)[11] ?? 0) + Number(fields(pid)[12] ?? 0)) / 100;

/** Memory and files of all its processes, from /proc; the gateway's event loop from its own metrics. */
async function look(url, pid, atS) {
  let residentBytes = 0;
  let fileDescriptors = 0;
  for (const each of processTree(pid)) {
    try {
      residentBytes += Number(readFileSync(`/proc/${each}/statm`, "utf8").split(" ")[1]) * pageBytes;
      fileDescriptors += readdirSync(`/proc/${each}/fd`).length;
    } catch {
      // It has just ended.
    }
  }
  const metrics = await fetch(`${url}/metrics`)
    .then((answer) => answer.text())
    .catch(() => "");
  const delay = /^screen_process_nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(metrics)?.[1];
  return { atS, residentBytes, fileDescriptors, eventLoopP99Ms: delay === undefined ? null : 1000 * Number(delay) };
}
