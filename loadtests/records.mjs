// What keeping records costs: images per second with records, as a share of those without.
//
//   [DATABASE_URL=postgres://...] node loadtests/records.mjs [--images DIR] [--seconds 8] [--rounds 5] [--connections 32]
//
// One server for each way of keeping, loaded in turn, round after round, so that a noisy machine hits all of them.
// The fast reader alone decides: the cheapest case, where records weigh most.

import { join } from "node:path";
import { parseArgs } from "node:util";
import { load, photographs, startServer } from "./load.mjs";

const { values } = parseArgs({
  options: {
    images: { type: "string" },
    seconds: { type: "string", default: "8" },
    rounds: { type: "string", default: "5" },
    connections: { type: "string", default: "32" },
  },
});
const loop = { path: "/v1/programmes/cataract/cases?strategy=fast", connections: Number(values.connections) };
const unrecorded = join(import.meta.dirname, "serve-unrecorded.mjs");
const embedded = { DATABASE_URL: "" };
const ways = [
  { name: "nothing kept", program: unrecorded, settings: embedded },
  { name: "images only", program: unrecorded, settings: { ...embedded, KEEP: "images" } },
  { name: "images and records in PGlite", settings: embedded },
  ...(process.env.DATABASE_URL ? [{ name: "images and records in PostgreSQL", settings: {} }] : []),
];
if (ways.length === 3) console.log("no DATABASE_URL: PostgreSQL is left out");

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const images = await photographs(values.images);
const servers = [];
try {
  for (const way of ways) servers.push({ ...way, ...(await startServer(way.settings, way.program)), rates: [] });
  for (const { url } of servers) await load(url, images, { ...loop, duration: 3 });
  for (let round = 0; round < Number(values.rounds); round++) {
    // Another one begins each round.
    for (let i = 0; i < servers.length; i++) {
      const server = servers[(i + round) % servers.length];
      const { rate, failed } = await load(server.url, images, { ...loop, duration: Number(values.seconds) });
      if (failed > 0) console.log(`${server.name}: ${failed} failed`);
      server.rates.push(rate);
    }
    console.log(
      `round ${round + 1}: ${servers.map(({ name, rates }) => `${name} ${rates.at(-1).toFixed(0)}/s`).join(", ")}`,
    );
  }
} finally {
  for (const { stop } of servers) await stop();
}
const shares = (server, base) => server.rates.map((rate, i) => (100 * rate) / base.rates[i]);
const [nothing, imagesOnly, ...recorded] = servers;
for (const server of servers.slice(1)) {
  const all = shares(server, nothing);
  console.log(
    `${server.name}: ${median(all).toFixed(0)} % of nothing kept (${Math.min(...all).toFixed(0)} to ${Math.max(...all).toFixed(0)}, ${all.length} rounds)`,
  );
}
for (const server of recorded) {
  const all = shares(server, imagesOnly);
  console.log(
    `${server.name}: ${median(all).toFixed(0)} % of images only (${Math.min(...all).toFixed(0)} to ${Math.max(...all).toFixed(0)}, ${all.length} rounds)`,
  );
}
