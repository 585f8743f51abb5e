import { parentPort, workerData } from "node:worker_threads";
import { type Kysely, sql } from "kysely";
import { isProblem } from "../contracts/problems.ts";
import { isConnectionLoss } from "./connection-loss.ts";
import { openDatabase } from "./database.ts";
import type { CallName, Calls, DatabasePlace, FromThread, ToThread, WriteItem, WriteResult } from "./messages.ts";
import { migrate } from "./migrations/migrate.ts";
import { alertsAfter, lastAlert } from "./queries/alerts.ts";
import { countAuditLooks, leaseAuditLooks, releaseAuditLook, settleAuditLook } from "./queries/audit-looks.ts";
import { cancelBatch, dueWebhooks, forgetBatches, retryFailed, settleWebhook } from "./queries/batch-acts.ts";
import { addItems, beginBatch, dropBatch, sealBatch } from "./queries/batch-intake.ts";
import { leaseItems, renewLeases, settleItems } from "./queries/batch-leases.ts";
import { batchBacklog, batchResults, getBatch, listBatches } from "./queries/batch-read.ts";
import { forgetDrift, readCases, settledCases } from "./queries/drift-feed.ts";
import { driftFigures } from "./queries/drift-figures.ts";
import { findIncident, listIncidents, loadDrift, saveDrift, servedDrift } from "./queries/drift-states.ts";
import { expire, knownObjects } from "./queries/expire.ts";
import { getResults, keepResults } from "./queries/kept-results.ts";
import { labelCandidates } from "./queries/label-candidates.ts";
import { addLabel, countLabels, labelledCases, labelsOf, programmeOf } from "./queries/labels.ts";
import { forgetSpent, releaseLease, renewLease, standingLeases, takeLease } from "./queries/leases.ts";
import {
  countUnread,
  listNotifications,
  markAllRead,
  markRead,
  notify,
  removeNotification,
} from "./queries/notifications.ts";
import { orderQueue, queueOrders } from "./queries/queue-orders.ts";
import { findClaimed, getCase, listCases } from "./queries/read-cases.ts";
import { getPerson, listPersons } from "./queries/read-persons.ts";
import { countPending, leaseSecondLooks, releaseSecondLook, settleSecondLook } from "./queries/second-looks.ts";
import { drawTokens } from "./queries/tokens.ts";
import { verifyAudit } from "./queries/verify-audit.ts";
import { writeGroup } from "./queries/write-group.ts";
import { createPerson, removePerson, replacePerson } from "./queries/write-person.ts";
import type { Schema } from "./schema.ts";

// The thread that owns the database. PGlite blocks its caller, and building SQL is work that the gateway's own thread
// is spared with either database.

const retryFirstMs = 250;
const retryMaxMs = 10_000;
const send = (message: FromThread): void => parentPort?.postMessage(message);

await serve(workerData as DatabasePlace);

async function serve(place: DatabasePlace): Promise<void> {
  const db = await openPatiently(place);
  const running = new Set<Promise<void>>();
  parentPort?.on("message", async (message: ToThread) => {
    // What was asked before is finished first.
    if (message.name === "close") await Promise.all(running);
    const answering = answer(db, message).finally(() => running.delete(answering));
    running.add(answering);
  });
}

/** A database server may start after us, or be away for a while. */
async function openPatiently(place: DatabasePlace): Promise<Kysely<Schema>> {
  for (let waitMs = retryFirstMs; ; waitMs = Math.min(waitMs * 2, retryMaxMs)) {
    let db: Kysely<Schema> | undefined;
    try {
      db = await openDatabase(place);
      send({ kind: "open", migrated: await migrate(db) });
      return db;
    } catch (error) {
      await db?.destroy().catch(() => undefined);
      send({ kind: "unavailable", reason: error instanceof Error ? error.message : String(error) });
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

type Handlers = {
  readonly [Name in CallName]: (db: Kysely<Schema>, asked: Calls[Name]["asked"]) => Promise<Calls[Name]["answer"]>;
};

const handlers: Handlers = {
  write: (db, items) => write(db, items),
  findClaimed,
  getCase,
  listCases,
  driftFigures,
  verifyAudit: (db) => verifyAudit(db),
  knownObjects,
  expire: (db, asked) => sweepRows(db, asked),
  createPerson,
  getPerson,
  listPersons,
  replacePerson,
  removePerson,
  notify,
  listNotifications,
  countUnread: (db) => countUnread(db),
  markRead,
  markAllRead: (db) => markAllRead(db),
  removeNotification,
  alertsAfter,
  lastAlert: (db) => lastAlert(db),
  beginBatch,
  addItems,
  sealBatch,
  dropBatch,
  getBatch,
  listBatches,
  batchResults,
  batchBacklog: (db) => batchBacklog(db),
  leaseItems,
  renewLeases,
  settleItems,
  cancelBatch,
  retryFailed,
  dueWebhooks,
  settleWebhook,
  forgetBatches,
  leaseSecondLooks,
  releaseSecondLook,
  settleSecondLook,
  countPending: (db) => countPending(db),
  leaseAuditLooks,
  releaseAuditLook,
  settleAuditLook,
  countAuditLooks: (db) => countAuditLooks(db),
  readCases,
  settledCases,
  forgetDrift,
  loadDrift,
  servedDrift: (db) => servedDrift(db),
  saveDrift,
  listIncidents,
  findIncident,
  queueOrders: (db) => queueOrders(db),
  orderQueue,
  programmeOf,
  addLabel,
  labelsOf,
  labelCandidates,
  countLabels,
  labelledCases,
  takeLease,
  renewLease,
  releaseLease,
  standingLeases: (db) => standingLeases(db),
  drawTokens,
  forgetSpent,
  keepResults,
  getResults,
  ping: async (db) => {
    await sql`select 1`.execute(db);
    return undefined;
  },
  close: async (db) => {
    await db.destroy();
    return undefined;
  },
};

/** A server gives the room of rows that went to others by itself; the embedded database only when it is told. */
async function sweepRows(db: Kysely<Schema>, asked: Calls["expire"]["asked"]): Promise<Calls["expire"]["answer"]> {
  const due = await expire(db, asked);
  if (due !== undefined && "folder" in (workerData as DatabasePlace)) await sql`vacuum drift_cases`.execute(db);
  return due;
}

async function answer(db: Kysely<Schema>, { call, name, asked }: ToThread): Promise<void> {
  try {
    const handle = handlers[name] as (db: Kysely<Schema>, asked: unknown) => Promise<unknown>;
    send({ kind: "answer", call, ok: true, answer: await handle(db, asked) });
    // The port is what keeps this thread alive.
    if (name === "close") parentPort?.close();
  } catch (error) {
    send({ kind: "answer", call, ok: false, problem: problemOf(error) });
  }
}

/**
 * A group that failed is tried again: whole when the connection went (whether it was committed is then unknown, and
 * writing twice is harmless), else one by one, so that one item cannot take others down with it.
 */
async function write(db: Kysely<Schema>, items: readonly WriteItem[]): Promise<WriteResult[]> {
  try {
    return await writeGroup(db, items);
  } catch (error) {
    if (isConnectionLoss(error) || items.length === 1) return writeGroup(db, items);
    const results: WriteResult[] = [];
    for (const item of items) results.push(await writeAlone(db, item));
    return results;
  }
}

async function writeAlone(db: Kysely<Schema>, item: WriteItem): Promise<WriteResult> {
  try {
    return (await writeGroup(db, [item]))[0] as WriteResult;
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
}

const problemOf = (error: unknown) =>
  isProblem(error)
    ? error.toMessage()
    : ({ code: "store-unavailable", detail: "the database did not take it", retryAfterS: 2 } as const);
