import { parentPort } from "node:worker_threads";
import { simulateSeed } from "./simulate.ts";

const port = parentPort;
if (port === null) throw new TypeError("this file is a thread's");

/** Seeds come in runs, and each run's reports go back together. */
port.on("message", (seeds: readonly number[]) => {
  void (async () => {
    const reports = [];
    for (const seed of seeds) reports.push(await simulateSeed({ seed }));
    port.postMessage(reports);
  })();
});
