// What clients saw, written down outside the product as it happens and never changed, and the judge over it.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";

const program = resolve(import.meta.dirname, "../../dist/cli/fovea.js");
const objectsAtOnce = 16;
const findingsShown = 20;

export const digestOf = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** An append-only file, one JSON document a line. */
export async function openHistory(path) {
  const file = await open(path, "ax", 0o600);
  let writing = Promise.resolve();
  return {
    path,
    /** @param seen `kind` is one of: submitted, acknowledged, answered */
    note: (seen) => {
      const line = `${JSON.stringify({ at: Date.now(), ...seen })}\n`;
      writing = writing.then(() => file.appendFile(line));
      return writing;
    },
    close: async () => {
      await writing;
      await file.close();
    },
  };
}

/** The history as it stands in its file, ordered by what it speaks of. */
async function readHistory(path) {
  const seen = { submitted: new Map(), acknowledged: new Map(), answers: new Map(), cases: new Map() };
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const entry = JSON.parse(line);
    if (entry.kind === "submitted") seen.submitted.set(entry.key, entry.items);
    else if (entry.kind === "acknowledged") listIn(seen.acknowledged, entry.batch).push(entry);
    else if (entry.kind === "answered") listIn(seen.answers, `${entry.batch}/${entry.index}`).push(entry);
    else if (entry.kind === "case") listIn(seen.cases, entry.key).push(entry);
  }
  return seen;
}

function listIn(map, key) {
  if (!map.has(key)) map.set(key, []);
  return map.get(key);
}

/**
 * Judges a run after everything was healed.
 * @returns counts of what was looked at, and every finding as a sentence
 */
export async function judge(path, { servers, gateways }) {
  const seen = await readHistory(path);
  const findings = [];
  const complain = (sentence) => findings.push(sentence);
  const totals = { submitted: 0, acknowledged: 0, answers: 0, done: 0, failed: 0, dead: 0, cancelled: 0 };
  for (const items of seen.submitted.values()) totals.submitted += items.length;
  const named = new Map();
  for (const [batch, entries] of seen.acknowledged) {
    if (new Set(entries.map(({ key }) => key)).size !== 1) complain(`batch ${batch} was acknowledged for two keys`);
    const items = seen.submitted.get(entries[0].key);
    if (items === undefined) complain(`batch ${batch} was acknowledged and never submitted`);
    else await judgeBatch(batch, items, { seen, gateways, complain, totals, named });
  }
  for (const key of seen.submitted.keys())
    if (![...seen.acknowledged.values()].some(([entry]) => entry.key === key))
      complain(`${key} was never acknowledged`);
  for (const [batchItem] of seen.answers)
    if (!seen.acknowledged.has(batchItem.split("/")[0])) complain(`${batchItem} has a result and was not submitted`);
  judgeCases(seen.cases, { complain, named, totals });
  await judgeDatabase(servers, { seen, totals, complain });
  await judgeMetrics(gateways, complain);
  const objects = await judgeObjects(servers, named, complain);
  const audit = await auditOf(servers);
  if (audit.intact !== true) complain(`the audit log is broken at entry ${audit.fault?.seq}`);
  return {
    ...totals,
    objects,
    auditEntries: audit.entries,
    findings: findings.length,
    sentences: findings.slice(0, findingsShown),
  };
}

/** One final result for each item, the same from each gateway and the same as whenever a client looked. */
async function judgeBatch(batch, items, { seen, gateways, complain, totals, named }) {
  totals.acknowledged += items.length;
  for (const [at, url] of gateways.entries()) {
    const lines = (await (await fetch(`${url}/v1/batches/${batch}/results`)).text())
      .split("\n")
      .filter((line) => line !== "");
    if (lines.length !== items.length) complain(`batch ${batch} has ${lines.length} results of ${items.length} items`);
    for (const [index, line] of lines.entries()) {
      const result = JSON.parse(line);
      const known = listIn(seen.answers, `${batch}/${index}`);
      totals.answers += known.length;
      const digest = digestOf(line);
      if (result.index !== index) complain(`batch ${batch}: result ${index} says ${result.index}`);
      if (known.some((each) => each.digest !== digest)) complain(`${batch}/${index} changed after it was final`);
      if (at > 0) continue;
      known.push({ digest });
      totals[result.status]++;
      const { id, sha256 } = items[index] ?? {};
      if (result.custom_id !== id) complain(`${batch}/${index} is ${result.custom_id} and was submitted as ${id}`);
      if (result.case === null) continue;
      if (result.case.image.sha256 !== sha256) complain(`${batch}/${index} names another image than was submitted`);
      if (named.has(result.case.id)) complain(`case ${result.case.id} is the result of two items`);
      named.set(result.case.id, result.case.image.sha256);
    }
  }
  const { counts, status } = await (await fetch(`${gateways[0]}/v1/batches/${batch}`)).json();
  if (status !== "done") complain(`batch ${batch} is ${status}`);
  if (counts.total !== items.length || counts.done + counts.failed + counts.dead !== counts.total)
    complain(`batch ${batch} counts ${JSON.stringify(counts)} for ${items.length} items`);
}

/** Single cases: a client's key leads to one case, always the same. */
function judgeCases(cases, { complain, named, totals }) {
  totals.cases = cases.size;
  for (const [key, answers] of cases) {
    if (new Set(answers.map(({ digest }) => digest)).size !== 1) complain(`key ${key} was answered with two cases`);
    const [{ id, sha256 }] = answers;
    if (named.has(id)) complain(`case ${id} was answered twice`);
    named.set(id, sha256);
  }
}

/** What the tables say, past the product's own reading of them. */
async function judgeDatabase({ rows }, { seen, totals, complain }) {
  const [{ cases, orphans, shared, states, unequal, created }] = await rows(`select
    (select count(*)::int from cases) as cases,
    (select count(*)::int from cases where not exists (select from batch_items where case_id = cases.id)) as orphans,
    (select count(*)::int from (select case_id from batch_items where case_id is not null group by 1 having count(*) > 1) as twice) as shared,
    (select json_object_agg(state, many) from (select state, count(*)::int as many from batch_items
      where batch_id in (select id from batches where state <> 'receiving') group by 1) as counted) as states,
    (select count(*)::int from batches join lateral (select
      count(*) filter (where state = 'queued') as queued, count(*) filter (where state = 'leased') as leased,
      count(*) filter (where state = 'done') as done, count(*) filter (where state = 'failed') as failed,
      count(*) filter (where state = 'dead') as dead, count(*) filter (where state = 'cancelled') as cancelled
      from batch_items where batch_id = batches.id) as really on true
      where batches.state <> 'receiving' and (batches.queued, batches.leased, batches.done, batches.failed, batches.dead, batches.cancelled)
      is distinct from (really.queued, really.leased, really.done, really.failed, really.dead, really.cancelled)) as unequal,
    (select count(distinct object)::int from audit where action = 'case.created') as created`);
  const { done = 0, failed = 0, dead = 0, ...open } = states ?? {};
  if (done !== totals.done || failed !== totals.failed || dead !== totals.dead || Object.keys(open).length > 0)
    complain(`the database counts ${JSON.stringify(states)} and the results ${JSON.stringify(totals)}`);
  if (orphans !== seen.cases.size)
    complain(`${orphans} cases belong to no item, ${seen.cases.size} were answered to single posts`);
  if (cases !== done + seen.cases.size)
    complain(`${cases} cases for ${done} items and ${seen.cases.size} single posts`);
  if (shared > 0) complain(`${shared} cases belong to two items`);
  if (unequal > 0) complain(`${unequal} batches count other than their items do`);
  if (created !== cases) complain(`${created} of ${cases} cases have their entry in the audit log`);
}

/** Counters go with their process; in one that is idle, what was accepted has been settled. */
async function judgeMetrics(gateways, complain) {
  for (const url of gateways) {
    const text = await (await fetch(`${url}/metrics`)).text();
    const sum = (name) =>
      text
        .split("\n")
        .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
        .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
    const [accepted, settled] = [sum("screen_cases_accepted_total"), sum("screen_cases_settled_total")];
    if (accepted !== settled) complain(`a gateway's metrics say ${accepted} accepted and ${settled} settled`);
  }
}

/** Each image that a result names is there, and is what its name says. */
async function judgeObjects({ s3, keys }, named, complain) {
  const client = new S3Client({
    region: keys.AWS_REGION ?? keys.S3_REGION ?? "us-east-1",
    endpoint: s3.endpoint,
    forcePathStyle: true,
    credentials: { accessKeyId: keys.AWS_ACCESS_KEY_ID, secretAccessKey: keys.AWS_SECRET_ACCESS_KEY },
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  const wanted = [...new Set(named.values())];
  let whole = 0;
  const look = async () => {
    for (let sha256 = wanted.pop(); sha256 !== undefined; sha256 = wanted.pop()) {
      const asked = new GetObjectCommand({ Bucket: s3.bucket, Key: `${s3.prefix}/${sha256.slice(0, 2)}/${sha256}` });
      const found = await client.send(asked).catch(() => undefined);
      const bytes = await found?.Body?.transformToByteArray();
      if (bytes !== undefined && digestOf(bytes) === sha256) whole++;
      else complain(`image ${sha256} is ${bytes === undefined ? "not there" : "damaged"}`);
    }
  };
  await Promise.all(Array.from({ length: objectsAtOnce }, look));
  client.destroy();
  return whole;
}

/** `fovea audit verify`. */
function auditOf({ databaseUrl }) {
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  return new Promise((found, failed) => {
    execFile(process.execPath, [program, "audit", "verify", "--json"], { env }, (error, stdout) => {
      if (stdout === "") failed(error);
      else found(JSON.parse(stdout));
    });
  });
}
