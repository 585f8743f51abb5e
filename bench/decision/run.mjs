// The decision benchmark: what the mathematics of deciding, watching and releasing promises, measured on streams whose
// truth is known. Prints each table beside its goals and exits 1 when one is missed.
//
//   npm run --silent build && node bench/decision/run.mjs [--only 3.3,3.4] [--jobs 2] [--json FILE]
import { fork } from "node:child_process";
import { writeFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    jobs: { type: "string", default: "2" },
    json: { type: "string" },
    row: { type: "string" },
  },
});

/** Longest first, so that two at a time end together; each row is a process of its own. */
const rows = [
  { id: "3.2", title: "the certified band keeps its promise", file: "band" },
  { id: "3.4", title: "changed embeddings", file: "embedding-change" },
  { id: "3.3", title: "a changed rate", file: "rate-change" },
  { id: "3.1b", title: "the cascade on real images", file: "real-images" },
  { id: "3.5", title: "a blind spot outside the band", file: "selection-bias" },
  { id: "3.6", title: "the audited risk", file: "audited-risk" },
  { id: "3.8", title: "the promotion gate", file: "gate" },
  { id: "3.1", title: "accuracy against escalations", file: "cascade-accuracy" },
  { id: "3.9", title: "the canary", file: "canary" },
  { id: "3.7", title: "fifty looks at nothing", file: "peeking" },
  { id: "3.14", title: "how the cascade divides the cases", file: "shares" },
  { id: "3.12", title: "after a release", file: "restart" },
  // Alone, at the end: times are taken.
  { id: "3.11", title: "cost", file: "cost", alone: true },
];
const elsewhere = [
  {
    id: "3.10",
    title: "finals under a burst of load",
    skipped: "not run here: it needs servers and a killed worker; see the integration tests of the second look",
  },
];

async function runOne({ file }) {
  const { measure } = await import(`./rows/${file}.mjs`);
  const result = await measure();
  const text = JSON.stringify(result, (_, value) => (value === Infinity ? "never" : value));
  await new Promise((sent) => process.send(text, sent));
  process.disconnect();
}

async function runAll() {
  const wanted = values.only?.split(",");
  const chosen = rows.filter(({ id }) => wanted === undefined || wanted.includes(id));
  const started = performance.now();
  const done = new Map();
  const together = chosen.filter(({ alone }) => !alone);
  const worker = async () => {
    for (let row = together.shift(); row !== undefined; row = together.shift()) done.set(row.id, await measured(row));
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, worker));
  for (const row of chosen.filter(({ alone }) => alone)) done.set(row.id, await measured(row));
  if (wanted === undefined) for (const row of elsewhere) done.set(row.id, row);
  const results = [...done.values()].sort(
    (one, other) => order(one.id) - order(other.id) || one.id.localeCompare(other.id),
  );
  const dummies = dummiesOf(results);
  if (dummies !== undefined) results.push(dummies);
  for (const result of results) print(result);
  report(results, (performance.now() - started) / 1000);
}

const order = (id) => Number(id.split(".")[1].replace(/\D/g, ""));

function measured(row) {
  const started = performance.now();
  const args = ["--row", row.id];
  return new Promise((resolved, rejected) => {
    let result;
    const child = fork(import.meta.filename, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    child.on("message", (text) => {
      result = JSON.parse(text);
    });
    child.on("error", rejected);
    child.on("exit", (code) => {
      if (code !== 0 || result === undefined) rejected(new Error(`row ${row.id} ended with ${code}`));
      else resolved({ id: row.id, title: row.title, seconds: (performance.now() - started) / 1000, ...result });
    });
  });
}

/** 3.13: ours above the detectors that always and never alarm, on every stream of every drift table. */
function dummiesOf(results) {
  const compared = results.flatMap(({ dummies }) => dummies ?? []);
  if (compared.length === 0) return undefined;
  const best = (name) => Math.max(...compared.filter(({ dummy }) => dummy === name).map(({ other }) => other));
  const beaten = compared.filter(({ own, other }) => own <= other);
  return {
    id: "3.13",
    title: "above the dummies",
    seconds: 0,
    note: "F1 of the first alarm of a run: before the change it is false, never is a miss.",
    columns: ["detector", "F1"],
    rows: [
      ["ours, lowest of all streams", Math.min(...compared.map(({ own }) => own)).toFixed(2)],
      ...["always alarms", "never alarms"].map((name) => [`${name}, highest`, best(name).toFixed(2)]),
    ],
    goals: [
      {
        what: "streams on which a dummy is as good",
        value: beaten.length,
        sign: "<=",
        limit: 0,
        met: beaten.length === 0,
      },
    ],
    peers: "River PR 1963: always alarming can beat ADWIN on F1",
  };
}

function print({ id, title, skipped, note, columns, rows: cells, goals, peers, seconds }) {
  console.log(`\n## ${id} ${title}\n`);
  if (skipped !== undefined) {
    console.log(`NOT RUN: ${skipped}`);
    return;
  }
  console.log(`${note} ${seconds.toFixed(0)} s.\n`);
  console.log(`| ${columns.join(" | ")} |`);
  console.log(`| ${columns.map(() => "---").join(" | ")} |`);
  for (const row of cells) console.log(`| ${row.join(" | ")} |`);
  console.log("");
  for (const goal of goals)
    console.log(
      `${goal.met ? "met   " : "MISSED"} ${goal.what}: ${shown(goal.value)} ${goal.sign} ${shown(goal.limit)}`,
    );
  if (peers !== "-") console.log(`peers: ${peers}`);
}

const shown = (value) => (typeof value === "number" ? Number(value.toPrecision(4)).toString() : `${value}`);

function report(results, seconds) {
  const goals = results.flatMap((row) => row.goals ?? []);
  const missed = goals.filter(({ met }) => !met);
  const skipped = results.filter((row) => row.skipped !== undefined);
  console.log(
    `\n${goals.length - missed.length} of ${goals.length} goals met in ${seconds.toFixed(0)} s${skipped.length > 0 ? `; not run: ${skipped.map(({ id }) => id).join(", ")}` : ""}`,
  );
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ seconds, results }, undefined, 2)}\n`);
  if (missed.length > 0 || goals.length === 0) process.exitCode = 1;
}

if (values.row === undefined) await runAll();
else await runOne(rows.find(({ id }) => id === values.row));
