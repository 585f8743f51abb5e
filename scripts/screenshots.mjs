// Pictures of the page at / for the documents: node scripts/build.mjs && node scripts/screenshots.mjs
// Starts the built server with a data folder of its own; every image it sends is drawn here.

import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import sharp from "sharp";

const root = resolve(import.meta.dirname, "..");
const { values } = parseArgs({ options: { out: { type: "string", default: join(root, "docs/images") } } });
const colours = 128;
const bytesMax = 200_000;

/** A drawn eye; `cloud` is how white its pupil is. */
const eye = (hue, cloud = 0, skin = 62) =>
  sharp(
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600">
<rect width="100%" height="100%" fill="hsl(22,45%,${skin}%)"/><path d="M60 310Q400 40 740 310Q400 540 60 310Z" fill="hsl(25,30%,${Math.min(94, skin + 31)}%)"/>
<circle cx="400" cy="300" r="135" fill="hsl(${hue},40%,${skin / 2}%)"/><circle cx="400" cy="300" r="132" fill="none" stroke="#0006" stroke-width="9"/>
<circle cx="400" cy="300" r="62" fill="rgb(${16 + cloud},${16 + cloud},${18 + cloud})"/><circle cx="432" cy="262" r="17" fill="#fff"/></svg>`),
  )
    .jpeg({ quality: 88 })
    .toBuffer();
const file = (name, buffer, mimeType = "image/jpeg") => ({ name, mimeType, buffer });

async function startServer(dataDir) {
  const child = spawn(process.execPath, [join(root, "dist/cli/fovea.js"), "serve"], {
    cwd: root,
    env: { ...process.env, PORT: "0", DATA_DIR: dataDir },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const port = await new Promise((found, failed) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      const entry = line.startsWith("{") ? JSON.parse(line) : {};
      if (entry.msg === "listening") found(entry.port);
    });
    child.once("exit", (code) => failed(new Error(`the server ended with ${code}`)));
  });
  return { child, url: `http://127.0.0.1:${port}` };
}

async function save(page, name) {
  const picture = await page.screenshot({ fullPage: true });
  const { height } = await sharp(picture).metadata();
  const small = await sharp(picture)
    .extract({ left: 0, top: 0, width: page.viewportSize().width, height: Math.min(height, 2200) })
    .png({ palette: true, colours, effort: 10 })
    .toBuffer();
  if (small.length > bytesMax) throw new Error(`page-${name}.png has ${small.length} bytes`);
  await writeFile(join(values.out, `page-${name}.png`), small);
  console.log(`page-${name}.png ${small.length} bytes`);
}

async function open(browser, url, options = {}) {
  const page = await browser.newPage({ viewport: { width: 1100, height: 900 }, ...options });
  await page.goto(url);
  await page.locator("#programmes input:enabled").first().waitFor();
  await page.locator("#readiness").waitFor({ state: "hidden", timeout: 60_000 });
  return page;
}

const finished = (page) => page.getByText(/^(All \d+ finished|Finished)$/).waitFor();
const add = (page, files) => page.locator("#files").setInputFiles(files);

async function working(browser, url) {
  const page = await open(browser, url);
  const hues = [20, 90, 200, 30, 210, 40, 150];
  const eyes = await Promise.all(hues.map(async (hue, i) => file(`eye-${i + 1}.jpg`, await eye(hue, i * 20))));
  await add(page, eyes.slice(0, 1));
  await finished(page);
  // A slow line from here on, so that the page is seen at work.
  const tools = await page.context().newCDPSession(page);
  const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 6000 };
  await tools.send("Network.emulateNetworkConditions", slow);
  await add(page, eyes.slice(1));
  await page.locator(".row[data-phase=reading], .row[data-phase=sending]").nth(3).waitFor();
  await save(page, "working");
  await page.close();
}

async function results(browser, url, name, options) {
  const page = await open(browser, url, options);
  await add(page, [file("right-eye.jpg", await eye(200, 120))]);
  await finished(page);
  await page.getByRole("button", { name: "Show what the fine reader looked at" }).click();
  await page.locator(".slider, .picture .hint:not(:empty):not(:text('Asking'))").first().waitFor();
  await save(page, name);
  await page.close();
}

async function refusals(browser, url) {
  const page = await open(browser, url);
  const whole = await eye(200);
  const tiny = await sharp(whole).resize(8, 8).jpeg().toBuffer();
  await add(page, [
    file("letter.txt", Buffer.from("Dear doctor"), "text/plain"),
    file("cut-off.jpg", whole.subarray(0, 2000)),
    file("preview.jpg", tiny),
    file("night.jpg", await eye(200, 0, 4)),
    file("empty.jpg", Buffer.alloc(0)),
  ]);
  await finished(page);
  await save(page, "refusals");
  await page.close();
}

/** A fundus as simple as the eyes above: what the page shows, not what a reader would say of a person. */
const fundus = () =>
  sharp(
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="800" height="800"><rect width="800" height="800"/>
<circle cx="400" cy="400" r="380" fill="#b5562a"/><circle cx="250" cy="400" r="70" fill="#f2c48a"/><circle cx="520" cy="410" r="80" fill="#8f3d1e"/>
<path d="M250 400Q330 180 600 170M250 400Q330 620 600 640M250 400Q190 240 120 210M250 400Q190 560 120 600" fill="none" stroke="#7a1f16" stroke-width="12"/></svg>`),
  )
    .jpeg({ quality: 88 })
    .toBuffer();

/** Pressure and vessel density over a year, as somebody might have measured them. */
const oculomics = {
  intraocularPressure: 24,
  cupToDiscRatio: 0.6,
  rnflThickness: 82,
  vesselDensity: 44,
  history: [
    { date: "2026-01-10", iop: 16, density: 49 },
    { date: "2026-04-12", iop: 18, density: 48 },
    { date: "2026-07-02", iop: 21, density: 46 },
    { date: "2026-10-14", iop: 24, density: 44 },
  ],
};

async function post(url, body) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}

async function people(browser, url) {
  for (const name of ["Ada Example", "Grace Sample"]) await post(`${url}/v1/persons`, { name, age: 61 });
  const image = (await fundus()).toString("base64");
  const draft = { name: "Joan Drawing", age: 52, gender: "Female", symptoms: ["blurred vision"], oculomics, image };
  const { id } = await post(`${url}/v1/persons`, draft);
  await post(`${url}/v1/persons/${id}/analyse`);
  const page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
  await page.goto(`${url}/people`);
  await page.locator("#line[data-state=live]").waitFor();
  await page.locator("#people li").nth(2).waitFor();
  await page.locator("#notices-button").click();
  await page.locator(".note").first().waitFor();
  await save(page, "people");
  await page.goto(`${url}/people/${id}`);
  await page.locator("#line[data-state=live]").waitFor();
  await page.locator(".picture-frame img").waitFor();
  await page.locator(".trend svg").first().waitFor();
  await save(page, "person");
  await page.close();
}

const dataDir = await mkdtemp(join(tmpdir(), "fovea-screenshots-"));
await mkdir(values.out, { recursive: true });
const { child, url } = await startServer(dataDir);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
try {
  const empty = await open(browser, url);
  await save(empty, "empty");
  await empty.close();
  await working(browser, url);
  await results(browser, url, "results");
  await results(browser, url, "dark", { colorScheme: "dark" });
  await refusals(browser, url);
  await results(browser, url, "phone", { viewport: { width: 390, height: 844 } });
  await people(browser, url);
} finally {
  await browser.close();
  child.kill("SIGTERM");
  await rm(dataDir, { recursive: true, force: true });
}
