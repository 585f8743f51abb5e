// Files that arrive slowly in a watched folder, some of them broken, and a server that is killed among them: each file must
// become one case or one reason, nothing twice. Prints how long that took.
//
//   npm run build && node loadtests/watch-folder.mjs [--files 200] [--broken 20] [--kills 1]

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, open, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import sharp from "sharp";

const { values } = parseArgs({
  options: {
    files: { type: "string", default: "200" },
    broken: { type: "string", default: "20" },
    kills: { type: "string", default: "1" },
  },
});
const [files, broken, kills] = [Number(values.files), Number(values.broken), Number(values.kills)];
const waitMsMax = 300_000;
/** Files being written at one moment, and the pause between the two halves of each. */
const writers = 4;
const pauseMs = 500;
const program = resolve(import.meta.dirname, "../dist/cli/fovea.js");
const root = await mkdtemp(join(tmpdir(), "fovea-watch-"));
const folder = join(root, "incoming");
await mkdir(folder);

async function start() {
  const env = {
    ...process.env,
    PORT: "0",
    DATA_DIR: join(root, "data"),
    WATCH_FOLDER_ENABLED: "on",
    WATCH_FOLDER_PATH: folder,
    WATCH_FOLDER_POLL_SECONDS: "0.2",
    WATCH_FOLDER_PROGRAMME: "cataract",
  };
  const child = spawn(process.execPath, [program, "serve"], { env, stdio: ["ignore", "ignore", "pipe"] });
  const port = await new Promise((found, failed) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      const entry = line.startsWith("{") ? JSON.parse(line) : {};
      if (entry.msg === "listening") found(entry.port);
    });
    child.once("exit", (code) => failed(new Error(`the server ended with ${code}`)));
  });
  return { child, port };
}

async function until(condition, what) {
  const end = performance.now() + waitMsMax;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited ${waitMsMax} ms for ${what}`);
    await delay(100);
  }
}

/** A picture of its own for each number. */
const picture = (i) => {
  const hue = (i * 137) % 360;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240"><rect width="320" height="240" fill="hsl(20,40%,60%)"/><circle cx="${140 + (i % 40)}" cy="120" r="${60 + (i % 30)}" fill="hsl(${hue},50%,40%)"/><circle cx="${140 + (i % 40)}" cy="120" r="${20 + (i % 9)}" fill="black"/></svg>`;
  return sharp(Buffer.from(svg)).jpeg().toBuffer();
};

async function drop(i) {
  const whole = await picture(i);
  const bytes = i >= files - broken ? whole.subarray(0, whole.length - 200) : whole;
  const handle = await open(join(folder, `scan-${String(i).padStart(4, "0")}.jpg`), "wx");
  await handle.write(bytes.subarray(0, bytes.length >> 1));
  await delay(pauseMs);
  await handle.write(bytes.subarray(bytes.length >> 1));
  await handle.close();
}

async function dropAll() {
  let next = 0;
  const writer = async () => {
    while (next < files) await drop(next++);
  };
  await Promise.all(Array.from({ length: writers }, writer));
}

const shelved = async (shelf) =>
  (await readdir(join(folder, shelf)).catch(() => [])).filter((name) => name.endsWith(".jpg"));
const reasons = async () =>
  (await readdir(join(folder, "failed")).catch(() => [])).filter((name) => name.endsWith(".reason.json"));

let server = await start();
const startedAt = performance.now();
const dropping = dropAll();
for (let kill = 1; kill <= kills; kill++) {
  const share = Math.floor(((files - broken) * kill) / (kills + 1));
  await until(async () => (await shelved("processed")).length >= share, `${share} files`);
  const gone = once(server.child, "exit");
  server.child.kill("SIGKILL");
  await gone;
  server = await start();
}
await dropping;
await until(
  async () => (await shelved("processed")).length + (await shelved("failed")).length >= files,
  "every file to be shelved",
);
const tookS = (performance.now() - startedAt) / 1000;

const cases = [];
for (let cursor = ""; cursor !== undefined; ) {
  const page = await (await fetch(`http://127.0.0.1:${server.port}/v1/cases?limit=200&${cursor}`)).json();
  cases.push(...page.cases);
  cursor = page.next === undefined ? undefined : `cursor=${page.next}`;
}
const images = new Set(cases.map(({ image }) => image.sha256));
const found = {
  files,
  broken,
  kills,
  seconds: Number(tookS.toFixed(1)),
  cases: cases.length,
  different: images.size,
  processed: (await shelved("processed")).length,
  failed: (await shelved("failed")).length,
  reasons: (await reasons()).length,
};
console.log(JSON.stringify(found));
server.child.kill("SIGTERM");
await once(server.child, "exit");
await rm(root, { recursive: true, force: true });
const good = files - broken;
if (found.cases !== good || found.different !== good || found.failed !== broken || found.reasons !== broken)
  process.exitCode = 1;
