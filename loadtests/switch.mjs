// Changes the release of a programme again and again while cases are posted. No request may fail, and every answer must
// name the packs of one release, never of two.
//
//   node loadtests/switch.mjs [--switches 100] [--clients 6] [--nodes 0] [--workers N]
//
// With --nodes the server reads over NATS (NATS_URL, NATS_USER, NATS_PASSWORD) with so many `fovea node`, which start with
// empty folders and get every pack from the server; --workers 0 leaves all reading to them. The releases are copies of the
// committed packs under other names: what is measured is the change, not the models. Exit code 1 when a request failed or
// an answer mixes releases.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { Registry } from "../dist/registry/index.js";

const { values } = parseArgs({
  options: {
    switches: { type: "string", default: "100" },
    clients: { type: "string", default: "6" },
    nodes: { type: "string", default: "0" },
    workers: { type: "string" },
  },
});
const switches = Number(values.switches);
const clients = Number(values.clients);
const nodeCount = Number(values.nodes);
const root = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "fovea-switch-"));
const dataDir = join(folder, "server");
/** A change that takes longer than this is a failure. */
const switchMsMax = 60_000;
/** So is a process that takes longer to end. */
const endMsMax = 45_000;
const sha256 = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");
const children = [];

/** The committed pack under another number; its model files are the same bytes. */
function copyPack(kind, number) {
  const from = join(root, "models/cataract", `${kind}-1`);
  const id = `cataract/${kind}-${number}`;
  const to = join(dataDir, "training/models", id);
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name === "manifest.json") continue;
    try {
      linkSync(join(from, name), join(to, name));
    } catch {
      copyFileSync(join(from, name), join(to, name));
    }
  }
  const manifest = JSON.parse(readFileSync(join(from, "manifest.json"), "utf8"));
  writeFileSync(join(to, "manifest.json"), JSON.stringify({ ...manifest, id, version: String(number) }));
  return { id, digest: sha256(join(to, "manifest.json")) };
}

/** A command of ours; its errors are shown, and `onLine` sees every entry of its log. */
function start(command, environment, onLine = () => undefined) {
  const child = spawn(process.execPath, [join(root, "dist/cli/fovea.js"), command], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  children.push(child);
  createInterface({ input: child.stderr }).on("line", (line) => {
    const entry = line.startsWith("{") ? JSON.parse(line) : {};
    onLine(entry);
    if (entry.level >= 50 || entry.level === undefined) console.error(line);
  });
  return child;
}

function startNode(i) {
  const models = join(folder, `models-${i}`);
  mkdirSync(models);
  const own = { NODE_NAME: `switch-${process.pid}-${i}`, MODELS_DIR: models, DATA_DIR: join(folder, `node-${i}`) };
  return start("node", { WORKERS: "1", NODE_PROVIDER: "cpu", ...own });
}

async function startServer() {
  const workers = values.workers === undefined ? {} : { WORKERS: values.workers };
  const port = await new Promise((found, failed) => {
    const child = start("serve", { PORT: "0", DATA_DIR: dataDir, ...workers }, (entry) => {
      if (entry.msg === "listening") found(entry.port);
    });
    child.once("exit", (code) => failed(new Error(`the server ended with ${code}`)));
  });
  const url = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) await new Promise((go) => setTimeout(go, 100));
  return url;
}

const readNodes = async (url) => (await (await fetch(`${url}/v1/nodes`)).json()).nodes.filter(({ local }) => !local);

async function end() {
  await Promise.all(
    children.map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((done) => child.once("exit", done));
      child.kill("SIGTERM");
      const timer = setTimeout(() => {
        console.error(`a process did not end in ${endMsMax} ms`);
        process.exitCode = 1;
        child.kill("SIGKILL");
      }, endMsMax);
      await ended;
      clearTimeout(timer);
    }),
  );
  rmSync(folder, { recursive: true, force: true });
}

// What was started must not outlive this.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => end().then(() => process.exit(1)));

const images = await Promise.all(
  Array.from({ length: 24 }, (_, i) =>
    sharp(
      Buffer.from(
        `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240"><rect width="320" height="240" fill="#d8b49c"/><ellipse cx="160" cy="120" rx="140" ry="70" fill="#f4efe9"/><circle cx="160" cy="120" r="${60 + i}" fill="hsl(${i * 15} 50% 35%)"/><circle cx="160" cy="120" r="${30 + i}" fill="#111"/></svg>`,
      ),
    )
      .jpeg()
      .toBuffer(),
  ),
);

const failures = [];
const answers = new Map();
const answered = () => [...answers.values()].reduce((sum, n) => sum + n, 0);
let mixed = 0;
let latest = 1;
let running = true;
async function client(url, k) {
  for (let i = k; running; i += clients) {
    // The fine reader is asked every second time: it is what a case meets after the change it did not see.
    const strategy = i % 2 === 0 ? "cascade" : "mean";
    const response = await fetch(`${url}/v1/programmes/cataract/cases?strategy=${strategy}`, {
      method: "POST",
      body: images[i % images.length],
      headers: { "content-type": "image/jpeg" },
    }).catch((error) => ({ status: 0, text: async () => String(error) }));
    if (response.status !== 201) {
      failures.push(`${response.status} ${(await response.text()).slice(0, 200)}`);
      continue;
    }
    const { readings, decision } = await response.json();
    const named = new Set(
      [...readings.map(({ pack }) => pack), decision.band.pack].map((pack) => pack.split("-").at(-1)),
    );
    if (named.size !== 1) mixed++;
    const [number] = named;
    answers.set(number, (answers.get(number) ?? 0) + 1);
    latest = Math.max(latest, Number(number));
  }
}

const took = [];
async function switchOnce(registry, k) {
  const number = 1000 + k;
  const packs = {
    fast: copyPack("fast", number),
    fine: copyPack("fine", number),
    cascade: copyPack("cascade", number),
  };
  const decision = { actor: "load test", reason: `switch ${k}` };
  const lineage = { dataSha256: "0".repeat(64), codeVersion: "load test", parent: null, recipe: "copy" };
  const { digest } = await registry.register("cataract", { packs, lineage }, decision);
  await registry.promote(digest, decision);
  const started = performance.now();
  await registry.promote(digest, decision);
  while (latest < number) {
    if (performance.now() - started > switchMsMax)
      throw new Error(`release ${number} did not answer in ${switchMsMax} ms`);
    await new Promise((go) => setTimeout(go, 5));
  }
  took.push(performance.now() - started);
  if (k % 10 === 0) console.log(`${k} switches, ${answered()} answers, ${failures.length} failed`);
}

let nodes = [];
try {
  for (let i = 0; i < nodeCount; i++) startNode(i);
  const url = await startServer();
  const readyNodes = async () =>
    (await readNodes(url)).filter(({ state, packs }) => state === "ready" && packs.length >= 2);
  while ((await readyNodes()).length < nodeCount) await new Promise((go) => setTimeout(go, 50));
  const load = Promise.all(Array.from({ length: clients }, (_, k) => client(url, k)));
  const registry = new Registry(join(dataDir, "registry/events.jsonl"));
  try {
    for (let k = 1; k <= switches; k++) await switchOnce(registry, k);
    nodes = await readNodes(url);
  } finally {
    running = false;
    await load;
  }
} finally {
  await end();
}

took.sort((one, other) => one - other);
const last = `-${1000 + switches}`;
const servesLast = ({ models }) => models.some(({ id, state }) => state === "loaded" && id?.endsWith(last));
console.log(
  JSON.stringify({
    switches,
    nodes: nodeCount,
    nodesThatServeTheLast: nodes.filter(servesLast).length,
    answers: answered(),
    failed: failures.length,
    mixed,
    releasesThatAnswered: answers.size,
    switchMs: { median: Math.round(took[took.length >> 1]), max: Math.round(took.at(-1)) },
  }),
);
for (const failure of failures.slice(0, 5)) console.error(failure);
if (failures.length > 0 || mixed > 0 || answers.size < switches + 1) process.exitCode = 1;
