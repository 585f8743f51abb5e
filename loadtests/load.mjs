// What the load tests share: photographs, a server of their own, and a closed loop of clients.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import autocannon from "autocannon";
import sharp from "sharp";

const root = resolve(import.meta.dirname, "..");

/** Distinct images: more than the engine keeps decoded, or it would be measured without its decoder. */
const imagesMin = 640;

/** JPEG photographs, 600 to 640 pixels on the longest side, as a screening camera's preview would send them. */
/** @param {string | undefined} from folder of photographs; default: the data set beside the project */
export async function photographs(from) {
  const folder = from ?? resolve(root, "../shared/datasets/cataract_eye/images");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(jpe?g|png)$/i.test(name))
    .sort();
  const made = Array.from({ length: imagesMin }, (_, i) => {
    const side = 640 - 8 * Math.floor(i / files.length);
    const photograph = sharp(join(folder, files[i % files.length])).resize(side, side, { fit: "inside" });
    return photograph.jpeg({ quality: 90 }).toBuffer();
  });
  return Promise.all(made);
}

/** @param {Record<string, string>} settings @param {string} program */
export async function startServer(settings = {}, program = join(root, "dist/cli/fovea.js")) {
  const dataDir = mkdtempSync(join(tmpdir(), "fovea-load-"));
  const child = spawn(process.execPath, [program, "serve"], {
    env: { ...process.env, PORT: "0", DATA_DIR: dataDir, LOG_LEVEL: process.env.LOG_LEVEL ?? "info", ...settings },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let port;
  const warm = new Promise((resolve) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      const entry = JSON.parse(line);
      if (entry.msg === "listening") port = entry.port;
      if (entry.msg === "models are warm") resolve();
    });
  });
  await warm;
  const url = `http://127.0.0.1:${port}`;
  // The records may open after the models are warm.
  while ((await fetch(`${url}/readyz`)).status !== 200) await delay(50);
  return {
    url,
    /** @returns bytes that the server holds in memory, without its engine */
    resident: () => Number(readFileSync(`/proc/${child.pid}/statm`, "utf8").split(" ")[1]) * 4096,
    stop: async () => {
      child.kill("SIGTERM");
      await once(child, "exit");
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The same picture cut a few pixels off, as a file of its own: a comment would not do, intake takes it away. */
/** @param {Buffer} jpeg @param {number} i from 0 to 24 */
export async function nearly(jpeg, i) {
  const { width, height } = await sharp(jpeg).metadata();
  const [left, top] = [i % 5, Math.floor(i / 5) % 5];
  const cut = sharp(jpeg).extract({ left, top, width: width - 4, height: height - 4 });
  return cut.jpeg({ quality: 90 }).toBuffer();
}

function multipart(image, field) {
  const boundary = "fovea-load";
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="eye.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`;
  return {
    body: Buffer.concat([Buffer.from(head), image, Buffer.from(`\r\n--${boundary}--\r\n`)]),
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
  };
}

/** Posts the images as fast as they are answered, from many connections, for `duration` seconds. */
export async function load(url, images, { path, connections, duration, field = "image" }) {
  const requests = images.map((image) => ({ method: "POST", path, ...multipart(image, field) }));
  let opened = 0;
  // Each connection starts elsewhere in the row, so that no two send the same image at about the same time.
  const setupClient = (client) => {
    const start = Math.floor((requests.length * (opened++ % connections)) / connections);
    client.setRequests([...requests.slice(start), ...requests.slice(0, start)]);
  };
  const result = await autocannon({ url, connections, duration, requests, setupClient, timeout: 30 });
  return {
    rate: result["2xx"] / result.duration,
    answered: result["2xx"],
    latency: result.latency,
    failed: result.non2xx + result.errors + result.timeouts,
  };
}
