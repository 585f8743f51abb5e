// PostgreSQL, NATS, S3 and toxiproxy for one run: those that the environment names, or a set of our own beside them.

import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";

const run = promisify(execFile);
const shared = process.env["FOVEA_SHARED"] ?? resolve(import.meta.dirname, "../../../shared");
const scripts = join(shared, "services");
/** Port of PostgreSQL in the set that has no offset. */
const postgresPort = 25_432;
const wanted = ["DATABASE_URL", "NATS_URL", "S3_ENDPOINT", "S3_BUCKET", "TOXIPROXY_URL", "SERVICES_STATE"];

/** Why no servers can be had here; undefined when they can. */
export async function serversMissing() {
  if (!existsSync(join(scripts, "up.sh"))) return "the scripts that start servers are not there (FOVEA_SHARED)";
  for (const name of ["postgres", "nats", "s3", "toxiproxy"]) {
    const { stdout } = await run("bash", [join(scripts, "install.sh"), "--where", name]).catch(() => ({ stdout: "" }));
    if (stdout.trim() === "" || !existsSync(stdout.trim())) return `${name} is not installed`;
  }
  return undefined;
}

/**
 * Servers that may be stopped and killed, with a database of this run. Those of the environment are used where all of
 * them were started by `up.sh`; else a set is started for this run and goes with it.
 */
export async function openServers() {
  if (wanted.every((name) => process.env[name])) {
    const offset = Number(new URL(process.env["DATABASE_URL"]).port) - postgresPort;
    return runServers({ ...process.env, SERVICES_PORT_OFFSET: String(offset) }, undefined);
  }
  const { env, close } = await startServers();
  return runServers(env, close);
}

/** A set of servers on ports of their own. @returns the environment that names them */
export async function startServers() {
  const missing = await serversMissing();
  if (missing !== undefined) throw new Error(`no servers to fail: ${missing}`);
  const folder = await mkdtemp(join(tmpdir(), "fovea-faults-servers-"));
  const own = {
    ...process.env,
    SERVICES_STATE: join(folder, "state"),
    SERVICES_PORT_OFFSET: String(await freeOffset()),
  };
  for (const name of ["DATABASE_URL", "NATS_URL", "NATS_USER", "NATS_PASSWORD"]) delete own[name];
  const script = 'set -e; names=$(bash "$1" --only postgres,nats,s3,toxiproxy); eval "$names"; env -0';
  const { stdout } = await run("bash", ["-c", script, "up", join(scripts, "up.sh")], { env: own, maxBuffer: 2 ** 24 });
  const lines = stdout.split("\0").filter((line) => line !== "");
  const env = Object.fromEntries(lines.map((line) => [line.split("=", 1)[0], line.slice(line.indexOf("=") + 1)]));
  const close = async () => {
    await run("bash", [join(scripts, "down.sh")], { env: own });
    await rm(folder, { recursive: true, force: true });
  };
  return { env: { ...own, ...env }, close };
}

async function runServers(env, closeSet) {
  const name = `fovea_faults_${randomBytes(6).toString("hex")}`;
  await query(env["DATABASE_URL"], `create database ${name}`);
  const databaseUrl = new URL(env["DATABASE_URL"]);
  databaseUrl.pathname = `/${name}`;
  const script = (file, ...args) => run("bash", [join(scripts, file), ...args], { env });
  return {
    databaseUrl: databaseUrl.href,
    natsUrl: env["NATS_URL"],
    s3: { endpoint: env["S3_ENDPOINT"], bucket: env["S3_BUCKET"], prefix: name },
    toxiproxyUrl: env["TOXIPROXY_URL"],
    /** What the S3 client takes its keys from. */
    keys: Object.fromEntries(Object.entries(env).filter(([each]) => each.startsWith("AWS_") || each === "S3_REGION")),
    /** Rows of one statement, past the product. */
    rows: (sql, values) => query(databaseUrl.href, sql, values),
    /** A clean stop: PostgreSQL's fast shutdown, SIGTERM for the others. */
    stop: (server) => script("down.sh", server),
    kill: (server) => script("down.sh", "--kill", server),
    /** On the same port and the same data. */
    start: (server) => script("up.sh", "--only", server.replace(/\d$/, "")),
    close: async () => {
      await query(env["DATABASE_URL"], `drop database if exists ${name} with (force)`).catch(() => undefined);
      await closeSet?.();
    },
  };
}

async function query(url, sql, values = []) {
  const client = new Client({ connectionString: url, application_name: "fovea-faults" });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A set of ports that nobody listens on. */
async function freeOffset() {
  for (let offset = 300 + (process.pid % 50) * 10; offset < 2000; offset += 10) {
    const ports = [25_432, 24_222, 28_222, 26_222, 27_070, 28_474, 23_432, 23_222, 23_070].map((port) => port + offset);
    const taken = await Promise.all(ports.map(accepts));
    if (!taken.includes(true)) return offset;
  }
  throw new Error("no free ports for servers of our own");
}

export function accepts(port) {
  return new Promise((found) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      found(true);
    });
    socket.once("error", () => found(false));
  });
}
