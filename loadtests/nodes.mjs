// What nodes add to a server, and what a slow one does to everybody: gateways, nodes, NATS, PostgreSQL and S3 as processes
// of their own on this machine, real photographs, every case recorded.
//
//   node loadtests/nodes.mjs [--images DIR] [--rounds 5] [--seconds 10] [--connections 32] [--smoke]
//
// "Nodes" is a gateway that reads nothing and two `fovea node` of one worker each, "engine" a gateway without NATS whose own
// engine has two workers. For "alone" the second node is stopped by SIGSTOP until the gateway takes it for dead; for "slow" all
// of it is stopped for 60 ms of every 80. They are measured in turn, so that a busy machine hits all alike: quote the ratios.
// Closed loops measure throughput and shares; latency is measured at arrivals of a fixed rate, seven tenths of what one node
// alone does, from the time at which a case should have been sent. Exit code 1 when a goal is missed or a case failed;
// --smoke takes seconds, and its figures say nothing.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { connect } from "nats";
import { nodeStates, startCluster, until } from "../test/faults/cluster.mjs";
import { imageOf } from "../test/faults/images.mjs";
import { openServers, startServers } from "../test/faults/servers.mjs";
import { load, photographs } from "./load.mjs";

const { values } = parseArgs({
  options: {
    images: { type: "string" },
    rounds: { type: "string" },
    seconds: { type: "string" },
    connections: { type: "string" },
    smoke: { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds ?? (values.smoke ? 1 : 5));
const seconds = Number(values.seconds ?? (values.smoke ? 2 : 10));
const warmUpS = values.smoke ? 1 : 5;
const path = "/v1/programmes/cataract/cases";
const loop = { path, connections: Number(values.connections ?? (values.smoke ? 4 : 32)) };
const goals = {
  /** Throughput of two nodes over that of one engine with as many workers. */
  throughputMin: 0.9,
  /** p99 with the slow node over that without it. */
  p99Max: 1.3,
  /** A node of a quarter of the speed beside a normal one does a fifth of the work of both. */
  slowShare: [0.1, 0.3],
};
/** Of what one node alone can do. */
const openShare = 0.7;
const smokeImages = 64;
const runMs = 20;
const stopMs = 60;

/** Stops and wakes processes in a process of its own, which nothing that is measured here delays. */
async function slowDown(member) {
  const pids = [member.pid, ...(await member.engines())].join(" ");
  const cycle = `kill -STOP ${pids}; sleep ${stopMs / 1000}; kill -CONT ${pids}; sleep ${runMs / 1000}`;
  const child = spawn("bash", ["-c", `while ${cycle}; do :; done`], { stdio: "ignore" });
  return async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
    await member.signal("SIGCONT");
  };
}

/** Requests that each node was asked since its start, by its name: NATS counts them. */
async function asked(natsUrl) {
  const { username, password, host } = new URL(natsUrl);
  const connection = await connect({
    servers: host,
    ...(username !== "" && { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
  });
  try {
    const found = new Map();
    for await (const { endpoints } of await connection.services.client().stats("fovea-node"))
      for (const { num_requests: many, data } of endpoints) found.set(data.node, many);
    return found;
  } finally {
    await connection.close();
  }
}

/** Posts at a fixed rate, however long answers take. @returns latencies in ms, sorted, and how many failed */
async function arrivals(url, images, rate) {
  const many = Math.max(1, Math.round(rate * seconds));
  const started = performance.now() + 50;
  const latencies = [];
  let failed = 0;
  const post = async (i) => {
    const at = started + (i * 1000) / rate;
    await new Promise((resolve) => setTimeout(resolve, at - performance.now()));
    const body = new FormData();
    body.set("image", new Blob([images[i % images.length]], { type: "image/jpeg" }), "eye.jpg");
    const answer = await fetch(`${url}${path}`, { method: "POST", body }).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.status === 201) latencies.push(performance.now() - at);
    else failed++;
  };
  await Promise.all(Array.from({ length: many }, (_, i) => post(i)));
  return { latencies: latencies.sort((a, b) => a - b), failed };
}

const p99Of = (sorted) => sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN;
const rounded = (value) => Math.round(value * 100) / 100;
/** Median and range over the rounds. */
function over(all) {
  const sorted = all.toSorted((a, b) => a - b).map(rounded);
  return { n: sorted.length, median: sorted[Math.floor(sorted.length / 2)], least: sorted[0], most: sorted.at(-1) };
}

const images = values.smoke
  ? await Promise.all(Array.from({ length: smokeImages }, (_, i) => imageOf(i)))
  : await photographs(values.images);
const stateMsMax = 60_000;
const set = await startServers();
Object.assign(process.env, set.env);
const databases = [];
const clusters = [];
const open = async (options) => {
  const servers = await openServers();
  databases.push(servers);
  const cluster = await startCluster(servers, { gateways: 1, workers: 1, ...options });
  clusters.push(cluster);
  return { cluster, url: cluster.urls[0], natsUrl: servers.natsUrl };
};

/** Throughput of the same work by one engine and by two nodes, in turn. */
async function compareThroughput(engine, nodes) {
  const ratios = [];
  const rates = { engine: [], nodes: [] };
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? ["engine", "nodes"] : ["nodes", "engine"];
    const found = {};
    for (const name of order) {
      const { rate, failed } = await load({ engine, nodes }[name].url, images, { ...loop, duration: seconds });
      found[name] = rate;
      rates[name].push(rate);
      failures += failed;
    }
    ratios.push(found.nodes / found.engine);
  }
  return { engineRate: over(rates.engine), nodesRate: over(rates.nodes), nodesOverEngine: over(ratios) };
}

/** The same arrivals at a node alone and with a slow one beside it, in turn; then as much as both can do. */
async function compareLatency({ cluster, url, natsUrl }) {
  const slow = cluster.nodes[1];
  const isReady = async () => (await nodeStates(url)).get(slow.name) === "ready";
  const p99 = { alone: [], slow: [] };
  const ratios = [];
  const shares = { arrivals: [], loop: [] };
  let rate = 0;
  const shareOf = async (act) => {
    const before = await asked(natsUrl);
    await act();
    const done = (name) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    const after = await asked(natsUrl);
    return done(slow.name) / cluster.nodes.reduce((sum, { name }) => sum + done(name), 0);
  };
  const arrive = async (name) => {
    const { latencies, failed } = await arrivals(url, images, rate);
    failures += failed;
    p99[name].push(p99Of(latencies));
  };
  for (let round = 0; round < rounds; round++) {
    await slow.signal("SIGSTOP");
    await until(async () => !(await isReady()), stateMsMax, "the stopped node to be taken for dead");
    if (rate === 0) rate = openShare * (await load(url, images, { ...loop, duration: seconds })).rate;
    await arrive("alone");
    await slow.signal("SIGCONT");
    await until(isReady, stateMsMax, "the node to be back");
    const end = await slowDown(slow);
    try {
      await load(url, images, { ...loop, duration: warmUpS });
      shares.arrivals.push(await shareOf(() => arrive("slow")));
      shares.loop.push(
        await shareOf(async () => {
          failures += (await load(url, images, { ...loop, duration: seconds })).failed;
        }),
      );
    } finally {
      await end();
    }
    await until(isReady, stateMsMax, "the node to be well");
    ratios.push(p99.slow[round] / p99.alone[round]);
  }
  return {
    arrivalsPerS: rounded(rate),
    p99AloneMs: over(p99.alone),
    p99WithSlowMs: over(p99.slow),
    p99Ratio: over(ratios),
    slowShareOfArrivals: over(shares.arrivals),
    slowShareOfLoop: over(shares.loop),
  };
}

let failures = 0;

async function measure() {
  // Two clusters on one NATS would be one: the engine has none.
  const engine = await open({ nodes: 0, gatewayWorkers: 2, gatewayEnv: () => ({ NATS_URL: undefined }) });
  const nodes = await open({ nodes: 2 });
  for (const { url } of [engine, nodes]) await load(url, images, { ...loop, duration: warmUpS });
  const throughput = await compareThroughput(engine, nodes);
  const latency = await compareLatency(nodes);
  const machine = { cores: availableParallelism(), loadAverage: loadavg().map(rounded) };
  return { images: images.length, rounds, seconds, ...loop, ...machine, ...throughput, ...latency, failed: failures };
}

/** @returns what was missed, in words */
function missed({ nodesOverEngine, p99Ratio, slowShareOfLoop, failed }) {
  const [shareMin, shareMax] = goals.slowShare;
  const share = slowShareOfLoop.median;
  return [
    [nodesOverEngine.median >= goals.throughputMin, `two nodes do ${nodesOverEngine.median} of what the engine does`],
    [p99Ratio.median <= goals.p99Max, `p99 with the slow node is ${p99Ratio.median} of that without it`],
    [share >= shareMin && share <= shareMax, `the slow node did ${share} of the work`],
    [failed === 0, `${failed} cases failed`],
  ].flatMap(([holds, sentence]) => (holds ? [] : [sentence]));
}

try {
  const results = await measure();
  const failed = missed(results);
  for (const [name, value] of Object.entries(results))
    console.log(`${name.padEnd(22)}${typeof value === "object" ? JSON.stringify(value) : value}`);
  console.log(JSON.stringify({ ...results, goals, smoke: values.smoke, missed: failed }));
  process.exitCode = failed.length > 0 && !values.smoke ? 1 : 0;
} finally {
  await Promise.all(clusters.map((cluster) => cluster.stop()));
  for (const servers of databases) await servers.close();
  await set.close();
}
