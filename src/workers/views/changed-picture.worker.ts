import { parentPort } from "node:worker_threads";
import { changedPicture } from "./changed-picture.ts";
import type { ChangeAnswer, ChangeTask } from "./changed-picture-task.ts";

// A thread that changes pictures, one after the other, in the order in which they come.

let last: Promise<void> = Promise.resolve();

parentPort?.on("message", (task: ChangeTask | "close") => {
  last = last.then(async () => {
    if (task === "close") parentPort?.close();
    else parentPort?.postMessage(await answerTo(task));
  });
});

async function answerTo(task: ChangeTask): Promise<ChangeAnswer> {
  try {
    return { ok: true, bytes: await changedPicture(task) };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
