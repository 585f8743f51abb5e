// Ends every process of a server with SIGKILL again and again while cases are posted, then looks whether anything that
// was acknowledged is missing, doubled or damaged.
//
//   node loadtests/kill.mjs [--kills 50] [--posts 2000] [--data DIR]
//
// With DATABASE_URL the records are in PostgreSQL, which is not killed. Exit code 1 when anything is wrong.

import { spawn, spawnSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import sharp from "sharp";

const program = resolve(import.meta.dirname, "../dist/cli/fovea.js");
const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "50" },
    posts: { type: "string", default: "2000" },
    data: { type: "string" },
  },
});
const kills = Number(values.kills);
const posts = Number(values.posts);
const dataDir = values.data ?? mkdtempSync(join(tmpdir(), "fovea-kill-"));
const env = { ...process.env, PORT: "0", DATA_DIR: dataDir };
/** Posts open at once. */
const concurrency = 8;

async function startServer() {
  const child = spawn(process.execPath, [program, "serve"], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  const listening = new Promise((resolve, reject) => {
    const said = [];
    createInterface({ input: child.stderr }).on("line", (line) => {
      said.push(line);
      const entry = line.startsWith("{") ? JSON.parse(line) : {};
      if (entry.msg === "listening") resolve(entry.port);
    });
    child.once("exit", () => reject(new Error(`the server ended before it listened:\n${said.join("\n")}`)));
  });
  const port = await listening;
  const url = `http://127.0.0.1:${port}`;
  while (
    !(await fetch(`${url}/readyz`).then(
      (response) => response.ok,
      () => false,
    ))
  )
    await new Promise((resume) => setTimeout(resume, 20));
  return { child, url };
}

/** The process group: gateway and engine at once. */
async function kill({ child }, signal) {
  const gone = once(child, "exit");
  process.kill(-child.pid, signal);
  await gone;
}

/** Distinct eyes, so that each case has an image of its own. */
async function drawEye(i) {
  const [hue, radius] = [(i * 47) % 360, 60 + (i % 60)];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240"><rect width="320" height="240" fill="#d8b49c"/>
<ellipse cx="160" cy="120" rx="140" ry="70" fill="#f4efe9"/><circle cx="160" cy="120" r="${radius}" fill="hsl(${hue} 50% 35%)"/>
<circle cx="160" cy="120" r="${radius / 2.5}" fill="#111"/><text x="1" y="239" font-size="4">${i}</text></svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 90 }).toBuffer();
}

const acknowledged = new Map();
let refused = 0;
let sent = 0;
/** A client keeps its key until it has an answer, over as many servers as that takes. */
async function client(current) {
  for (let i = sent++; i < posts; i = sent++) {
    const body = await drawEye(i);
    const key = randomUUID();
    for (;;) {
      const response = await fetch(`${current.server.url}/v1/programmes/cataract/cases`, {
        method: "POST",
        body,
        headers: { "content-type": "image/jpeg", "idempotency-key": key },
      }).catch(() => undefined);
      const text = await response?.text().catch(() => undefined);
      if (response?.status === 201 && text !== undefined) {
        const { id, image } = JSON.parse(text);
        acknowledged.set(id, { text, sha256: image.sha256 });
        break;
      }
      refused++;
      await new Promise((resume) => setTimeout(resume, 50));
    }
  }
}

const current = { server: await startServer() };
const clients = Promise.all(Array.from({ length: concurrency }, () => client(current)));
for (let done = 0; done < kills; done++) {
  // Spread over the posts, at a moment that nobody chose.
  const at = Math.floor(((done + Math.random()) * posts) / kills);
  while (acknowledged.size < at) await new Promise((resume) => setTimeout(resume, 5));
  await new Promise((resume) => setTimeout(resume, Math.random() * 60));
  await kill(current.server, "SIGKILL");
  current.server = await startServer();
  if ((done + 1) % 10 === 0)
    console.log(`${done + 1} kills, ${acknowledged.size} acknowledged, ${refused} tries failed`);
}
await clients;

const found = new Map();
let doubled = 0;
for (let cursor = ""; cursor !== undefined; ) {
  const page = await (await fetch(`${current.server.url}/v1/cases?limit=200${cursor && `&cursor=${cursor}`}`)).json();
  for (const each of page.cases) {
    if (found.has(each.id)) doubled++;
    found.set(each.id, each);
  }
  cursor = page.next;
}
let missing = 0;
let altered = 0;
let objects = 0;
for (const [id, { text, sha256 }] of acknowledged) {
  if (!found.has(id)) missing++;
  else if (JSON.stringify(found.get(id)) !== text) altered++;
  const bytes = readFileSync(join(dataDir, "objects", sha256.slice(0, 2), sha256));
  if (createHash("sha256").update(bytes).digest("hex") === sha256) objects++;
}
await kill(current.server, "SIGTERM");
const audit = spawnSync(process.execPath, [program, "audit", "verify", "--json"], { env, encoding: "utf8" });
const verdict = JSON.parse(audit.stdout);
const extra = found.size - acknowledged.size;
console.log(
  `${kills} kills, ${posts} posts: ${acknowledged.size} acknowledged, ${missing} missing, ${doubled} doubled, ${altered} altered, ${objects} objects whole, ${extra} recorded without an answer, ${refused} tries failed; audit ${verdict.intact ? "intact" : "BROKEN"}, ${verdict.entries} entries`,
);
const whole = acknowledged.size === posts && objects === posts && verdict.intact && verdict.entries >= posts;
process.exit(whole && missing + doubled + altered + extra === 0 ? 0 : 1);
