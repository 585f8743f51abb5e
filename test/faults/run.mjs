// What every fault script has in common: its numbers from the command line, servers, a history, and its report.

import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { FaultClient } from "./client.mjs";
import { openHistory } from "./history.mjs";
import { tenths } from "./load.mjs";
import { openServers } from "./servers.mjs";

/**
 * Runs one script: reads `--name N` for each default, starts servers, hands over, prints a table and a line of JSON, and
 * ends with 1 when anything was found wrong.
 *
 * @param act gets `{numbers, servers, client, history, random, expect, figures}`; what it puts into `figures` is
 *   printed, and each `expect(holds, sentence)` that does not hold fails the run
 */
export async function runFault(name, defaults, act) {
  const options = Object.fromEntries(
    Object.entries(defaults).map(([key, value]) => [key, { type: "string", default: String(value) }]),
  );
  const { values } = parseArgs({
    options: { ...options, seed: { type: "string", default: "7" }, json: { type: "boolean" } },
  });
  const numbers = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Number(value)]));
  const path = join(tmpdir(), `fovea-history-${randomBytes(6).toString("hex")}.ndjson`);
  const failures = [];
  const figures = { script: name, ...numbers };
  delete figures.json;
  const servers = await openServers();
  const history = await openHistory(path);
  const started = performance.now();
  const closing = [];
  try {
    const expect = (holds, sentence) => {
      if (!holds) failures.push(sentence);
    };
    const clientOf = (urls) => new FaultClient(urls, history);
    const atEnd = (close) => closing.unshift(close);
    await act({ numbers, servers, history, clientOf, atEnd, random: randomOf(numbers.seed), expect, figures });
  } catch (error) {
    failures.push(`it broke off: ${error.stack ?? error}`);
  } finally {
    for (const close of closing) await close().catch((error) => failures.push(`closing: ${error.message}`));
    await history.close();
    await servers.close();
  }
  figures.seconds = tenths(performance.now() - started);
  figures.passed = failures.length === 0;
  figures.failures = failures;
  if (failures.length === 0) await rm(path);
  else figures.history = path;
  if (!values.json) process.stdout.write(`${tableOf(figures)}\n`);
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

/** Submits `items` in `batches` of equal size, numbered from `first`. */
export async function submitAll(client, { items, batches, prefix, first = 0 }) {
  const each = Math.floor(items / batches);
  for (let i = 0; i < batches; i++) {
    const many = i === batches - 1 ? items - each * (batches - 1) : each;
    await client.submit(`${prefix}-${i}`, first + i * each, many);
  }
}

/** Numbers in [0, 1) that another run with the same seed draws again (mulberry32). */
function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function tableOf(figures) {
  const rows = Object.entries(figures).map(([key, value]) => [
    key,
    typeof value === "object" ? JSON.stringify(value) : String(value),
  ]);
  const width = Math.max(...rows.map(([key]) => key.length));
  return rows.map(([key, value]) => `${key.padEnd(width)}  ${value}`).join("\n");
}
