// What all cores for a lone image bring: one server with them and one without, one request after the other.
//
//   node loadtests/lone.mjs [--programme cataract] [--images DIR] [--rounds 4] [--requests 60] [--peer URL]
//
// MODELS_DIR says which packs. In each round each server is asked in turn while the others have nothing to do, so that a
// busy machine hits all alike: quote the ratios, and the share of the cores that was in use, which says whether anybody
// else was there. --peer names a server that runs already and answers POST of a form with the part `file`.

import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { photographs, startServer } from "./load.mjs";

const { values } = parseArgs({
  options: {
    programme: { type: "string", default: "cataract" },
    images: { type: "string" },
    rounds: { type: "string", default: "4" },
    requests: { type: "string", default: "60" },
    peer: { type: "string" },
  },
});
const requests = Number(values.requests);
/** Before a server is measured: it loads what it reads lone images with after a few of them. */
const warmRequests = 200;
const boundary = "fovea-lone";
const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="eye.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`;
const bodies = (await photographs(values.images)).map((image) =>
  Buffer.concat([Buffer.from(head), image, Buffer.from(`\r\n--${boundary}--\r\n`)]),
);

function post(url, body, agent) {
  const headers = { "content-type": `multipart/form-data; boundary=${boundary}`, "content-length": body.length };
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const asked = request(url, { method: "POST", agent, headers }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => {
        const text = Buffer.concat(parts).toString();
        if (response.statusCode >= 300) reject(new Error(`${response.statusCode} ${text}`));
        else resolve({ ms: performance.now() - started, wide: /\/wide"/.test(text) });
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** Seconds that the cores have worked since the machine started. */
function workedSeconds() {
  const [user, nice, system, , , interrupts, soft] = readFileSync("/proc/stat", "utf8")
    .split("\n")[0]
    .split(/ +/)
    .slice(1)
    .map(Number);
  return (user + nice + system + interrupts + soft) / 100;
}

async function asked(server, count) {
  const started = performance.now();
  const before = workedSeconds();
  const all = [];
  for (let i = 0; i < count; i++) all.push(await post(server.url, bodies[server.next++ % bodies.length], server.agent));
  const cores = (workedSeconds() - before) / ((performance.now() - started) / 1000) / availableParallelism();
  return { ms: median(all.map(({ ms }) => ms)), wide: all.filter(({ wide }) => wide).length / count, cores };
}

const median = (all) => [...all].sort((a, b) => a - b)[all.length >> 1];
const path = `/v1/programmes/${values.programme}/cases`;
const settings = { PRELOAD: values.programme, DRIFT: "off", LOG_LEVEL: "info" };
const one = await startServer({ ...settings, WIDE_BYTES_MAX: "0" });
const all = await startServer(settings);
const servers = [
  { name: "one core", url: one.url + path },
  { name: "all cores", url: all.url + path },
  ...(values.peer === undefined ? [] : [{ name: "peer", url: values.peer }]),
].map((server) => ({ ...server, agent: new Agent({ keepAlive: true, maxSockets: 1 }), next: 0, rounds: [] }));
try {
  for (const server of servers) await asked(server, warmRequests);
  for (let round = 1; round <= Number(values.rounds); round++)
    for (const server of servers) server.rounds.push(await asked(server, requests));
  const [base] = servers;
  for (const { name, rounds } of servers) {
    const ratios = rounds.map(({ ms }, i) => ms / base.rounds[i].ms);
    const [low, high] = [Math.min(...ratios), Math.max(...ratios)];
    const share = median(rounds.map(({ wide }) => wide));
    console.log(
      `${name.padEnd(10)} median ${median(rounds.map(({ ms }) => ms)).toFixed(1)} ms, of one core's ${median(ratios).toFixed(2)} ` +
        `(${low.toFixed(2)} to ${high.toFixed(2)}), n = ${rounds.length} x ${requests}, wide ${(100 * share).toFixed(0)} %, ` +
        `cores in use ${(100 * median(rounds.map(({ cores }) => cores))).toFixed(0)} %`,
    );
  }
} finally {
  await Promise.all([one.stop(), all.stop()]);
}
