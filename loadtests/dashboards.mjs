// Pictures of every dashboard over a load that comes and goes: node loadtests/dashboards.mjs --out FOLDER [--minutes 4]
// Needs nats-server, Prometheus and Chromium; says which one is missing.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { parse, stringify } from "yaml";
import { plotDashboard } from "../scripts/plot-panels.mjs";
import { photographs, startServer } from "./load.mjs";

const root = resolve(import.meta.dirname, "..");
const { values } = parseArgs({
  options: {
    out: { type: "string", default: join(tmpdir(), "fovea-dashboards") },
    minutes: { type: "string", default: "4" },
    port: { type: "string", default: "29310" },
  },
});
const ports = { nats: Number(values.port), prometheus: Number(values.port) + 1 };
const folder = mkdtempSync(join(tmpdir(), "fovea-dashboards-"));
const running = [];
mkdirSync(values.out, { recursive: true });
const run = (program, args, env = {}) => {
  const log = openSync(join(values.out, `${running.length}.log`), "a");
  const child = spawn(program, args, { stdio: ["ignore", log, log], env: { ...process.env, ...env } });
  child.once("error", (error) => {
    throw new Error(`${program} is needed: ${error.message}`);
  });
  running.push(child);
};
const where = (name) => {
  const script = resolve(root, "../shared/services/install.sh");
  return execFileSync("bash", [script, "--where", name], { encoding: "utf8" }).trim();
};

async function scrape(targets) {
  const config = parse(readFileSync(join(root, "deploy/prometheus/prometheus.yml"), "utf8"));
  config.global = { scrape_interval: "2s", evaluation_interval: "2s" };
  config.rule_files = [join(root, "grafana/rules/*.yml")];
  config.scrape_configs = [{ job_name: "fovea", static_configs: [{ targets }] }];
  writeFileSync(join(folder, "prometheus.yml"), stringify(config));
  const address = `127.0.0.1:${ports.prometheus}`;
  run(where("prometheus"), [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=${address}`,
  ]);
  for (;;) {
    const ready = await fetch(`http://${address}/-/ready`).catch(() => undefined);
    if (ready?.ok) return `http://${address}`;
    await pause(100);
  }
}

/** As a day goes: few callers, many, too many with short deadlines, few again. */
async function load(url, minutes) {
  const images = (await photographs()).slice(0, 160);
  const until = Date.now() + minutes * 60_000;
  const share = () => 1 - (until - Date.now()) / (minutes * 60_000);
  let next = 0;
  const post = (path, body, headers = {}) =>
    fetch(url + path, { method: "POST", body, headers }).then(
      (answer) => answer.arrayBuffer(),
      () => undefined,
    );
  const cases = "/v1/programmes/cataract/cases";
  const caller = async (i) => {
    while (Date.now() < until) {
      const busy = i < 2 || (share() > 0.3 && share() < 0.8 && i < 6) || (share() > 0.5 && share() < 0.65);
      if (!busy) {
        await pause(500);
        continue;
      }
      const kind = next++ % 12;
      const image = images[next % images.length];
      if (kind === 0) await post(`${cases}?strategy=mean`, image);
      else if (kind === 1) await post(cases, "no image");
      else if (kind === 2) await post("/p/cataract/predict_lgbm", image, { "content-type": "image/jpeg" });
      else await post(cases, image, share() > 0.5 && share() < 0.65 && kind > 8 ? { "x-deadline-ms": "120" } : {});
      if (i < 2) await pause(150);
    }
  };
  const items = images.slice(0, 80).map((each) => JSON.stringify({ image: each.toString("base64") }));
  const batch = pause(minutes * 18_000).then(() =>
    post("/v1/batches?programme=cataract", items.join("\n"), { "content-type": "application/x-ndjson" }),
  );
  await Promise.all([batch, ...Array.from({ length: 24 }, (_, i) => caller(i))]);
}

async function draw(url, start, end) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  for (const name of readdirSync(join(root, "grafana/dashboards"))) {
    const dashboard = JSON.parse(readFileSync(join(root, "grafana/dashboards", name), "utf8"));
    await page.setContent(await plotDashboard(url, dashboard, start, end));
    const path = join(values.out, name.replace(".json", ".png"));
    await page.screenshot({ path, fullPage: true });
    console.log(path);
  }
  await browser.close();
}

const nats = `nats://127.0.0.1:${ports.nats}`;
run(where("nats"), ["-a", "127.0.0.1", "-p", String(ports.nats), "-js", "-sd", join(folder, "nats")]);
const fovea = join(root, "dist/cli/fovea.js");
for (const name of ["node-1", "node-2"])
  run(process.execPath, [fovea, "node"], {
    NATS_URL: nats,
    NODE_NAME: name,
    WORKERS: "1",
    DATA_DIR: join(folder, name),
  });
const server = await startServer({ NATS_URL: nats, WORKERS: "1", QUEUE_ITEMS_MAX: "12" });
try {
  const url = await scrape([new URL(server.url).host]);
  const start = Date.now() / 1000;
  await load(server.url, Number(values.minutes));
  await pause(10_000);
  await draw(url, start, Date.now() / 1000);
} finally {
  await server.stop();
  for (const child of running) child.kill("SIGTERM");
  await pause(1000);
  rmSync(folder, { recursive: true, force: true });
}
