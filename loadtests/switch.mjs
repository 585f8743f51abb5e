// Changes the release of a programme again and again while cases are posted. No request may fail, and every answer must
// name the packs of one release, never of two.
//
//   node loadtests/switch.mjs [--switches 100] [--clients 6]
//
// The releases are copies of the committed packs under other names: what is measured is the change, not the models.
// Exit code 1 when a request failed or an answer mixes releases.

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
  options: { switches: { type: "string", default: "100" }, clients: { type: "string", default: "6" } },
});
const switches = Number(values.switches);
const clients = Number(values.clients);
const root = resolve(import.meta.dirname, "..");
const dataDir = mkdtempSync(join(tmpdir(), "fovea-switch-"));
/** A change that takes longer than this is a failure. */
const switchMsMax = 30_000;
const sha256 = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");

/** The committed pack under another number; its model files are the same bytes. */
async function copyPack(kind, number) {
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
  return { id, digest: await sha256(join(to, "manifest.json")) };
}

async function startServer() {
  const child = spawn(process.execPath, [join(root, "dist/cli/fovea.js"), "serve"], {
    env: { ...process.env, PORT: "0", DATA_DIR: dataDir },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const port = await new Promise((found) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      const entry = line.startsWith("{") ? JSON.parse(line) : {};
      if (entry.msg === "listening") found(entry.port);
      if (entry.level >= 50) console.error(line);
    });
  });
  const url = `http://127.0.0.1:${port}`;
  while (
    !(await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    ))
  )
    await new Promise((go) => setTimeout(go, 20));
  return { child, url };
}

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

const { child, url } = await startServer();
const registry = new Registry(join(dataDir, "registry/events.jsonl"));
const failures = [];
const answers = new Map();
let mixed = 0;
let latest = 1;
let running = true;
async function client(k) {
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
const load = Promise.all(Array.from({ length: clients }, (_, k) => client(k)));

const took = [];
for (let k = 1; k <= switches; k++) {
  const number = 1000 + k;
  const packs = {
    fast: await copyPack("fast", number),
    fine: await copyPack("fine", number),
    cascade: await copyPack("cascade", number),
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
  if (k % 10 === 0)
    console.log(
      `${k} switches, ${[...answers.values()].reduce((sum, n) => sum + n, 0)} answers, ${failures.length} failed`,
    );
}
running = false;
await load;
child.kill("SIGTERM");
await new Promise((ended) => child.once("exit", ended));
rmSync(dataDir, { recursive: true, force: true });

took.sort((one, other) => one - other);
const total = [...answers.values()].reduce((sum, n) => sum + n, 0);
console.log(
  JSON.stringify({
    switches,
    answers: total,
    failed: failures.length,
    mixed,
    releasesThatAnswered: answers.size,
    switchMs: { median: Math.round(took[took.length >> 1]), max: Math.round(took.at(-1)) },
  }),
);
for (const failure of failures.slice(0, 5)) console.error(failure);
if (failures.length > 0 || mixed > 0 || answers.size < switches + 1) process.exitCode = 1;
