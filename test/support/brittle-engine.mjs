// An engine that reads nothing: it answers at once, ends on an image that says POISON, and holds one that names a file
// (HOLD:path;) for as long as that file is there. It keeps to the order of a real one: at most WORKERS at the same time,
// and a suspect alone. Only tests start it.
import { existsSync, watch } from "node:fs";
import { dirname } from "node:path";

const waiting = [];
const running = new Map();
let workers = 1;
let batches = 0;

const send = (message) => process.connected && process.send(message);

function next() {
  if ([...running.values()].some(({ alone }) => alone)) return;
  while (waiting.length > 0 && running.size < workers) {
    const suspect = waiting.findIndex(({ alone }) => alone);
    if (suspect >= 0 && running.size > 0) return;
    const [one] = waiting.splice(Math.max(0, suspect), 1);
    read(one);
    if (one.alone) return;
  }
}

function read({ task, alone }) {
  const batch = batches++;
  running.set(batch, { alone });
  send({ kind: "started", batch, hashes: [task.image.sha256], expectedMs: 1000 });
  const text = Buffer.from(task.image.bytes).toString("latin1");
  const path = /HOLD:([^;]+);/.exec(text)?.[1];
  if (path !== undefined && existsSync(path)) {
    const watcher = watch(dirname(path), () => {
      if (existsSync(path)) return;
      watcher.close();
      finish();
    });
  } else setImmediate(finish);

  function finish() {
    if (text.includes("POISON")) process.kill(process.pid, "SIGKILL");
    running.delete(batch);
    const readings = task.packs.map((pack) => ({ reader: "fast", pack, scores: [1], computeMs: 1 }));
    const quality = { luminance: 1, contrast: 1, sharpness: 1 };
    const result = { readings, quality, worker: "brittle", queueMs: 0, decodeMs: 0, batchSize: 1 };
    send({ kind: "settled", batch, items: [{ id: task.id, sha256: task.image.sha256, ok: true, result }] });
    next();
  }
}

process.on("message", (message) => {
  if (message.kind === "configure") {
    workers = message.settings.workers;
    send({ kind: "ready" });
  } else if (message.kind === "predict") {
    waiting.push(message);
    next();
  } else if (message.kind === "cancel") {
    const at = waiting.findIndex(({ task }) => task.id === message.id);
    if (at >= 0) waiting.splice(at, 1);
  } else if (message.kind === "status") {
    const queuedByLane = { interactive: waiting.length, escalation: 0, bulk: 0 };
    const [queuedItems, busyWorkers] = [waiting.length, running.size];
    const status = { busyWorkers, runningItems: busyWorkers, queuedItems, queuedBytes: 0, queuedByLane };
    send({ kind: "status", call: message.call, status });
  } else if (message.kind === "drain") process.disconnect();
});
process.on("disconnect", () => process.exit());
