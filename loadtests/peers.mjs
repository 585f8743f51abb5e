// Fovea beside the model servers that a user would pick instead, and beside the raw limit, in one run.
//
//   node loadtests/peers.mjs --models DIR --venv DIR [--work w1,w2,w3] [--precision int8,fp32] [--peers mosec,litserve]
//                            [--rounds 3] [--seconds 8] [--connections 32] [--out results.json]
//
// DIR of --models is what `make_models.py` of the benchmark made (models/ and img/ in it); --venv holds the Python that
// the peers run on. Everybody gets the same pictures; each is there in 20 forms, a few pixels apart, so that none is answered from
// a cache. One is measured while the others are stopped, in turn, so that a busy machine hits all alike: quote the ratios.
// Raw is sharp and onnxruntime-node in one thread a core: no HTTP, no queue, no trees, no record.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { load, nearly } from "./load.mjs";

const root = resolve(import.meta.dirname, "..");
const { values } = parseArgs({
  options: {
    models: { type: "string" },
    venv: { type: "string" },
    work: { type: "string", default: "w1,w2,w3" },
    precision: { type: "string", default: "int8,fp32" },
    peers: { type: "string", default: "mosec,litserve" },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "8" },
    connections: { type: "string", default: "32" },
    out: { type: "string" },
  },
});
const peersFolder = join(process.env.FOVEA_SHARED ?? resolve(root, "../shared"), "peers");
if (!existsSync(peersFolder) || values.models === undefined || values.venv === undefined) {
  console.log("the peers are not beside the project, or --models or --venv is missing: nothing is compared");
  process.exit(existsSync(peersFolder) ? 1 : 0);
}
const { processes, cpuSeconds, memory } = await import(join(peersFolder, "bench.mjs"));
const made = resolve(values.models);
const venv = resolve(values.venv);
const seconds = Number(values.seconds);
const connections = Number(values.connections);
const cores = availableParallelism();
/** Forms of each picture, each a file of its own: more files than the engine keeps decoded. */
const copies = 20;
const startMsMax = 90_000;
const firstPort = 18_400;
/** Of the benchmark's cascade: that much goes to a second network. */
const bandShare = { w1: 0, w2: 0, w3: 6 / 32 };

async function images() {
  const folder = join(made, "img");
  const files = readdirSync(folder).filter((name) => name.endsWith(".jpg"));
  const pictures = files.sort().map((name) => readFileSync(join(folder, name)));
  return Promise.all(Array.from({ length: copies }, (_, i) => pictures.map((picture) => nearly(picture, i))).flat());
}

const env = (tag, more) => ({ ...process.env, PEER_TAG: tag, OMP_NUM_THREADS: "1", ...more });

function startPeer(name, port, precision) {
  const settings = { PORT: String(port), WORKLOADS: "w1,w2,w3", PRECISION: precision, MODELS: join(made, "models") };
  const path = `${join(venv, "bin")}:${process.env.PATH}`;
  const child = spawn("bash", [join(peersFolder, name, "start.sh")], {
    env: env(`${name}-${port}`, { ...settings, PATH: path }),
    stdio: "ignore",
  });
  return {
    name,
    child,
    tag: `${name}-${port}`,
    pathOf: (work) => `/${work}`,
    url: `http://127.0.0.1:${port}`,
    remove: [],
  };
}

function startFovea(port, packs) {
  const dataDir = mkdtempSync(join(tmpdir(), "fovea-peers-"));
  const settings = { PORT: String(port), DATA_DIR: dataDir, MODELS_DIR: packs, LOG_LEVEL: "warn", DRIFT: "off" };
  const program = [join(root, "dist/cli/fovea.js"), "serve"];
  const child = spawn(process.execPath, program, { env: env(`fovea-${port}`, settings), stdio: "ignore" });
  const pathOf = (work) => `/v1/programmes/${work}/cases`;
  return { name: "fovea", child, tag: `fovea-${port}`, pathOf, url: `http://127.0.0.1:${port}`, remove: [dataDir] };
}

async function stop({ tag, child, remove }) {
  const ended = child.exitCode === null ? once(child, "exit") : undefined;
  signal(tag, "SIGCONT");
  signal(tag, "SIGTERM");
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 10_000))]);
  signal(tag, "SIGKILL");
  for (const folder of remove) rmSync(folder, { recursive: true, force: true });
}

function signal(tag, name) {
  for (const pid of processes({ tag })) {
    try {
      process.kill(Number(pid), name);
    } catch {
      // It has just ended.
    }
  }
}

/** A server that answers every workload; models that are loaded late are loaded by this. */
async function answers(server, works, picture) {
  const until = performance.now() + startMsMax;
  for (const work of works) {
    while (true) {
      const form = new FormData();
      form.append("file", new Blob([picture], { type: "image/jpeg" }), "eye.jpg");
      const response = await fetch(server.url + server.pathOf(work), { method: "POST", body: form }).catch(
        () => undefined,
      );
      if (response?.ok) break;
      if (performance.now() > until)
        throw new Error(`${server.name} does not answer ${work}: ${await response?.text()}`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

async function raw(packs, work, pictures) {
  const encoder = join(packs, "encoders", work === "w2" ? "lite" : "vit", "network.onnx");
  const second = { model: join(packs, "w3/fine-1/network.onnx"), share: bandShare[work] };
  const workerData = { images: pictures, seconds, model: encoder, fit: "cover", batch: work === "w2" ? 2 : 4, second };
  const threads = Array.from({ length: cores }, () => new Worker(join(import.meta.dirname, "raw.mjs"), { workerData }));
  const rates = await Promise.all(threads.map(async (thread) => (await once(thread, "message"))[0]));
  return { rate: rates.reduce((sum, each) => sum + each, 0), failed: 0 };
}

async function measured(server, others, work, pictures) {
  for (const { tag } of others) signal(tag, "SIGSTOP");
  try {
    const loop = { path: server.pathOf(work), connections, field: "file" };
    await load(server.url, pictures, { ...loop, duration: 2 });
    const before = cpuSeconds(processes({ tag: server.tag }));
    const { rate, answered, latency, failed } = await load(server.url, pictures, { ...loop, duration: seconds });
    const pids = processes({ tag: server.tag });
    const cpu = (cpuSeconds(pids) - before) / answered;
    return { rate, cpu, p50: latency.p50, p99: latency.p99, failed, pssMb: Math.round(memory(pids).pss) };
  } finally {
    for (const { tag } of others) signal(tag, "SIGCONT");
  }
}

const middle = (all) => [...all].sort((a, b) => a - b)[all.length >> 1];
const share = (mine, others) => {
  const ratios = mine.map((value, i) => value / others[i]);
  const [low, high] = [Math.min(...ratios), Math.max(...ratios)];
  return { median: middle(ratios), low, high, n: ratios.length };
};
const shown = ({ median, low, high }) => `${median.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;

async function compare(precision, works, pictures) {
  const packs = join(made, "packs", precision);
  const names = values.peers.split(",").filter(Boolean);
  const servers = [
    startFovea(firstPort, packs),
    ...names.map((name, i) => startPeer(name, firstPort + 1 + i, precision)),
  ];
  const rows = [];
  try {
    for (const server of servers) await answers(server, works, pictures[0]);
    for (const work of works) {
      const found = new Map([["raw", []], ...servers.map(({ name }) => [name, []])]);
      for (let round = 1; round <= Number(values.rounds); round++) {
        for (const { tag } of servers) signal(tag, "SIGSTOP");
        found.get("raw").push(await raw(packs, work, pictures));
        for (const { tag } of servers) signal(tag, "SIGCONT");
        for (const server of servers)
          found.get(server.name).push(
            await measured(
              server,
              servers.filter((other) => other !== server),
              work,
              pictures,
            ),
          );
        const line = [...found].map(([name, all]) => `${name} ${all.at(-1).rate.toFixed(1)}`);
        console.error(`${work} ${precision}, round ${round}: images/s ${line.join(", ")}`);
      }
      rows.push(rowOf(work, precision, found));
      console.log(tableLine(rows.at(-1)));
    }
  } finally {
    for (const server of servers) await stop(server);
  }
  return rows;
}

function rowOf(work, precision, found) {
  const rates = (name) => found.get(name).map(({ rate }) => rate);
  const cpus = (name) => found.get(name).map(({ cpu }) => cpu);
  const peers = [...found.keys()].filter((name) => name !== "raw" && name !== "fovea");
  const best = peers.sort((one, other) => middle(rates(other)) - middle(rates(one)))[0];
  return {
    work,
    precision,
    best,
    ofLimit: share(rates("fovea"), rates("raw")),
    ...(best && { ofBest: share(rates("fovea"), rates(best)), cpuOfBest: share(cpus("fovea"), cpus(best)) }),
    failed: Object.fromEntries(
      [...found].map(([name, all]) => [name, all.reduce((sum, { failed }) => sum + failed, 0)]),
    ),
    rounds: Object.fromEntries(found),
  };
}

const tableLine = ({ work, precision, best, ofLimit, ofBest, cpuOfBest, failed }) =>
  `| ${work} ${precision} | ${best ?? "none"} | ${ofBest ? shown(ofBest) : ""} | ${cpuOfBest ? shown(cpuOfBest) : ""} | ${shown(ofLimit)} | ${failed.fovea} |`;

const pictures = await images();
const packs = join(made, "packs");
if (!existsSync(packs))
  execFileSync(
    join(venv, "bin/python"),
    [join(import.meta.dirname, "peers/make_packs.py"), join(made, "models"), join(made, "img"), packs],
    { stdio: ["ignore", "inherit", "ignore"] },
  );
console.error(
  `${pictures.length} files of ${pictures.length / copies} pictures; ${connections} connections; ${cores} cores`,
);
console.log(
  "| workload | best peer | images/s of the best peer's | CPU of the best peer's | images/s of the raw limit | failed |",
);
console.log("| --- | --- | --- | --- | --- | --- |");
const rows = [];
for (const precision of values.precision.split(","))
  rows.push(...(await compare(precision, values.work.split(","), pictures)));
if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify(rows, null, 2)}\n`);
