// One scenario against a server of its own, with its records.
//
//   node loadtests/scenario.mjs --scenario NAME [--seconds 10] [--rounds 3] [--rate N] [--images DIR] [--path PATH]
//                               [--out FOLDER] [--check]
//
// NAME is single, batch, mixed, overload or soak (those of `fovea loadtest`), or one of
//   cold-start   from nothing to ready, and again with what the first start left
//   saturation   the closed loop of `fovea loadtest` beside autocannon's, in turn: two senders that should agree
//   null         a programme that computes nothing: what the platform itself costs, by where records are kept
// DATABASE_URL, where set, keeps the records in PostgreSQL. --check: exit code 1 when a goal is missed.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import sharp from "sharp";
import {
  giveUpMsDefault,
  LoadTest,
  openMaxDefault,
  reportPage,
  reportTable,
  scenarios,
} from "../dist/loadtest/index.js";
import { systemClock } from "../dist/platform/index.js";
import { load, photographs } from "./load.mjs";
import { writeNullPacks } from "./null-packs.mjs";
import { dataFolder, openServer } from "./own-server.mjs";

const { values } = parseArgs({
  options: {
    scenario: { type: "string" },
    images: { type: "string" },
    seconds: { type: "string", default: "10" },
    rounds: { type: "string", default: "3" },
    rate: { type: "string" },
    path: { type: "string", default: "/v1/programmes/cataract/cases" },
    out: { type: "string" },
    check: { type: "boolean", default: false },
  },
});
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const stop = new AbortController();
process.once("SIGINT", () => stop.abort());

function testOf(url, images, path) {
  return new LoadTest({
    target: { url, path, field: "image" },
    images: images.map((bytes, i) => ({ name: `${i}.jpg`, bytes })),
    seed: 1,
    openMax: openMaxDefault,
    giveUpMs: giveUpMsDefault,
    clock: systemClock,
    signal: stop.signal,
    onPhase: ({ name, plan, goodput }) => console.error(`${name}: ${plan}: ${goodput.toFixed(1)} results/s`),
  });
}

function keep(report) {
  console.log(reportTable(report));
  if (values.out !== undefined) {
    mkdirSync(values.out, { recursive: true });
    writeFileSync(join(values.out, `${report.scenario}.json`), `${JSON.stringify(report, undefined, 2)}\n`);
    writeFileSync(join(values.out, `${report.scenario}.html`), reportPage(report));
  }
  if (values.check && report.checks.some(({ met }) => met === false)) process.exitCode = 1;
}

/** With a server of its own, which is stopped and whose data is deleted whatever happens. */
async function withServer(settings, act) {
  const folder = dataFolder();
  try {
    const server = await openServer(settings, folder.path);
    try {
      return await act(server);
    } finally {
      await server.stop();
    }
  } finally {
    folder.remove();
  }
}

async function shared(name) {
  const images = await photographs(values.images);
  await withServer({}, async (server) => {
    const test = testOf(server.url, images, values.path);
    const rate = values.rate === undefined ? undefined : Number(values.rate);
    const options = { seconds, rounds, rate, batchImages: 16, clients: 8, pauseMs: 0, look: server.look };
    try {
      await scenarios[name](test, options);
    } finally {
      test.close();
      keep(test.report(name));
    }
  });
}

const middle = (all) => [...all].sort((a, b) => a - b)[all.length >> 1];
const range = (all, digits = 2) =>
  `${middle(all).toFixed(digits)} (${Math.min(...all).toFixed(digits)} to ${Math.max(...all).toFixed(digits)}, n = ${all.length})`;

async function coldStart() {
  const [first, second] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const folder = dataFolder();
    try {
      for (const times of [first, second]) {
        const server = await openServer({}, folder.path);
        times.push(server.readyMs / 1000);
        await server.stop();
      }
    } finally {
      folder.remove();
    }
  }
  console.log(`start to ready, with an empty folder: ${range(first)} s`);
  console.log(`start to ready, the second time: ${range(second)} s`);
  if (values.out === undefined) return;
  mkdirSync(values.out, { recursive: true });
  writeFileSync(join(values.out, "cold-start.json"), `${JSON.stringify({ first, second })}\n`);
}

const connections = 16;

async function saturation() {
  const images = await photographs(values.images);
  await withServer({}, async ({ url }) => {
    const test = testOf(url, images, values.path);
    await test.closed("warm-up", { clients: 4, seconds: 3 });
    const ratios = [];
    for (let round = 1; round <= rounds; round++) {
      const { report } = await test.closed(`own ${round}`, { clients: connections, seconds });
      const theirs = await load(url, images, { path: values.path, connections, duration: seconds });
      ratios.push(report.goodput / theirs.rate);
      console.log(
        `autocannon ${round}: ${theirs.rate.toFixed(1)} results/s, p99 ${theirs.latency.p99} ms, ${theirs.failed} failed`,
      );
    }
    test.close();
    keep(test.report("saturation"));
    console.log(`results a second by our closed loop, of autocannon's: ${range(ratios)}`);
  });
}

/** Small pictures, each a file of its own. */
const specks = () =>
  Promise.all(
    Array.from({ length: 640 }, (_, i) => {
      const background = { r: i % 256, g: (i * 7) % 256, b: (i * 13) % 256 };
      return sharp({ create: { width: 64 + (i % 8), height: 64, channels: 3, background } })
        .jpeg()
        .toBuffer();
    }),
  );

async function nothing() {
  const models = dataFolder();
  writeNullPacks(models.path);
  const images = await specks();
  const packs = { MODELS_DIR: models.path, PRELOAD: "null", DRIFT: "off" };
  const places = [{ name: "PGlite", goal: 2000, settings: { ...packs, DATABASE_URL: "" } }];
  if (process.env.DATABASE_URL) places.push({ name: "PostgreSQL", goal: 1500, settings: packs });
  else console.error("no DATABASE_URL: PostgreSQL is left out");
  try {
    for (const { name, goal, settings } of places)
      await withServer(settings, async (server) => {
        const test = testOf(server.url, images, "/v1/programmes/null/cases");
        await test.closed("warm-up", { clients: 16, seconds: 3 });
        const rates = [];
        for (let round = 1; round <= rounds; round++)
          for (const clients of [32, 128]) {
            const before = server.cpuSeconds();
            const { report } = await test.closed(`${name}, round ${round}, ${clients} clients`, { clients, seconds });
            rates.push(report.goodput);
            const cpuMs = (1000 * (server.cpuSeconds() - before)) / Math.max(1, report.ok);
            test.notes.push(`${report.name}: ${cpuMs.toFixed(2)} ms of the server's CPU a request`);
          }
        const best = Math.max(...rates);
        test.check(
          `results a second with records in ${name}, best of all`,
          `${goal} or more`,
          best.toFixed(0),
          rates.length,
          best >= goal,
        );
        test.close();
        keep({ ...test.report("null"), scenario: `null-${name.toLowerCase()}` });
      });
  } finally {
    models.remove();
  }
}

const own = { "cold-start": coldStart, saturation, null: nothing };
const names = ["single", "batch", "mixed", "overload", "soak"];
if (values.scenario in own) await own[values.scenario]();
else if (names.includes(values.scenario)) await shared(values.scenario);
else {
  console.error(`--scenario is one of ${[...names, ...Object.keys(own)].join(", ")}`);
  process.exitCode = 64;
}
