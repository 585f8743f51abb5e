// Gateways and nodes as processes of their own, with somebody who starts them again when they end: what an orchestrator
// does for them in earnest.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";

const program = resolve(import.meta.dirname, "../../dist/cli/fovea.js");
const readyMsMax = 300_000;
/** A process that cannot start is not started again and again without a pause. */
const restartMs = 250;

/**
 * @param servers see servers.mjs
 * @param options `gateways`, `nodes`: how many; `workers`: inference threads of each node; `gatewayWorkers`: those of
 *   each gateway; `gatewayEnv`, `nodeEnv`: further settings, of the i-th one
 */
export async function startCluster(servers, options = {}) {
  const { gateways = 2, nodes = 3, workers = 1, gatewayWorkers = 0, gatewayEnv = none, nodeEnv = none } = options;
  const folder = await mkdtemp(join(tmpdir(), "fovea-faults-"));
  const common = {
    ...process.env,
    ...servers.keys,
    NATS_URL: servers.natsUrl,
    LOG_LEVEL: "info",
    PRELOAD: "cataract",
    NODE_PROVIDER: "cpu",
    NODE_NO_WARNINGS: "1",
  };
  const members = [];
  for (let i = 0; i < gateways; i++) {
    const env = {
      ...common,
      DATABASE_URL: servers.databaseUrl,
      OBJECT_STORE: `s3://${servers.s3.bucket}/${servers.s3.prefix}`,
      S3_ENDPOINT: servers.s3.endpoint,
      DATA_DIR: join(folder, `gateway-${i}`),
      PORT: String(await freePort()),
      WORKERS: String(gatewayWorkers),
      ...gatewayEnv(i),
    };
    members.push(new Member("gateway", `gateway-${i}`, "serve", env));
  }
  for (let i = 0; i < nodes; i++) {
    const env = {
      ...common,
      DATA_DIR: join(folder, `node-${i}`),
      NODE_NAME: `node-${i}`,
      WORKERS: String(workers),
      ...nodeEnv(i),
    };
    delete env.DATABASE_URL;
    members.push(new Member("node", `node-${i}`, "node", env));
  }
  const cluster = new Cluster(members, folder);
  for (const member of members) member.start();
  try {
    await cluster.ready();
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return cluster;
}

const none = () => ({});

class Cluster {
  constructor(members, folder) {
    this.members = members;
    this.gateways = members.filter(({ kind }) => kind === "gateway");
    this.nodes = members.filter(({ kind }) => kind === "node");
    this.folder = folder;
  }

  get urls() {
    return this.gateways.map(({ url }) => url);
  }

  /** Processes that ended without having been killed by us. */
  get unexpectedEnds() {
    return this.members.reduce((sum, member) => sum + member.unexpectedEnds, 0);
  }

  /** Every gateway is ready and knows every node as ready. */
  async ready() {
    const names = this.nodes.map(({ name }) => name);
    await Promise.all(
      this.urls.map(async (url) => {
        let seen = "nothing";
        const isReady = async () => {
          seen = "no answer";
          const answer = await fetch(`${url}/readyz`);
          const states = await nodeStates(url);
          seen = `${await answer.text()} ${JSON.stringify([...states])}`;
          return answer.status === 200 && names.every((name) => states.get(name) === "ready");
        };
        await until(isReady, readyMsMax, `${url} to be ready with ${names.length} nodes`).catch((error) => {
          throw new Error(`${error.message}; last seen: ${seen}`);
        });
      }),
    );
  }

  async stop() {
    await Promise.all(this.members.map((member) => member.stop()));
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** @returns state by name, as that gateway sees it */
export async function nodeStates(url) {
  const { nodes = [] } = await (await fetch(`${url}/v1/nodes`)).json();
  return new Map(nodes.map(({ name, state }) => [name, state]));
}

class Member {
  #command;
  #env;
  #child;
  #ending = false;
  #killed = false;
  /** Log lines of level error and above, without repetitions. */
  errors = new Map();
  unexpectedEnds = 0;
  /** Engine processes that a node or gateway said it lost. */
  enginesLost = 0;

  constructor(kind, name, command, env) {
    this.kind = kind;
    this.name = name;
    this.url = `http://127.0.0.1:${env.PORT}`;
    this.#command = command;
    this.#env = env;
  }

  get pid() {
    return this.#child?.pid;
  }

  start() {
    if (this.#ending) return;
    const child = spawn(process.execPath, [program, this.#command], {
      env: this.#env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#child = child;
    createInterface({ input: child.stderr }).on("line", (line) => this.#hear(line));
    child.once("exit", (code, signal) => {
      if (this.#child !== child) return;
      this.#child = undefined;
      if (!this.#ending && !this.#killed) {
        this.unexpectedEnds++;
        this.#count(`ended with ${code ?? signal}`);
      }
      this.#killed = false;
      if (!this.#ending) setTimeout(() => this.start(), restartMs);
    });
  }

  #hear(line) {
    if (process.env["FAULTS_LOG"]) process.stderr.write(`${this.name} ${line}\n`);
    if (!line.startsWith("{")) return this.#count(line);
    const { level, msg } = JSON.parse(line);
    if (msg === "the engine ended") this.enginesLost++;
    if (level === "error" || level === "fatal" || level >= 50) this.#count(msg);
  }

  #count(text) {
    this.errors.set(text, (this.errors.get(text) ?? 0) + 1);
  }

  /** SIGKILL to this process alone. @returns whether one was there to be killed, and died of it */
  async kill() {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null) return false;
    this.#killed = true;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    const [, signal] = await gone;
    return signal === "SIGKILL";
  }

  /** SIGKILL to its engine. @returns whether there was one */
  async killEngine() {
    const [engine] = await this.engines();
    if (engine === undefined) return false;
    try {
      process.kill(engine, "SIGKILL");
      return true;
    } catch {
      return false;
    }
  }

  /** Process ids of what it has started. */
  async engines() {
    const { pid } = this;
    if (pid === undefined) return [];
    const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
    return text
      .trim()
      .split(" ")
      .filter((each) => each !== "")
      .map(Number);
  }

  /** SIGSTOP or SIGCONT to it and its engine. */
  async signal(name) {
    for (const pid of [this.pid, ...(await this.engines())]) if (pid !== undefined) process.kill(pid, name);
  }

  async stop() {
    this.#ending = true;
    const child = this.#child;
    if (child === undefined) return;
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    const hard = setTimeout(() => child.kill("SIGKILL"), 40_000);
    await gone;
    clearTimeout(hard);
  }
}

/** What the processes complained of most, with how often. */
export function errorsOf({ members }) {
  const all = new Map();
  for (const { errors } of members) for (const [text, many] of errors) all.set(text, (all.get(text) ?? 0) + many);
  return Object.fromEntries([...all].sort(([, a], [, b]) => b - a).slice(0, 8));
}

/** Waits for a condition, not for a time. An attempt that fails counts as not yet. */
export async function until(condition, timeoutMs, what) {
  const end = performance.now() + timeoutMs;
  while (performance.now() < end) {
    if (
      await Promise.resolve()
        .then(condition)
        .catch(() => false)
    )
      return;
    await delay(50);
  }
  throw new Error(`waited ${timeoutMs} ms for ${what}`);
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
