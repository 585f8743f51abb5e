import { DatasetError } from "../training/index.ts";
import { trainProgramme } from "../training/trainer.ts";
import type { FromTrainer, ToTrainer } from "./train.ts";

// A process of its own: training loads native inference in threads, and a process that is stopped during a run aborts.

const stopped = new AbortController();
const send = (message: FromTrainer): void => {
  if (process.connected) process.send?.(message);
};

process.on("SIGINT", () => undefined);
process.once("disconnect", () => stopped.abort());
process.on("message", (message: ToTrainer) => {
  if (message.kind === "stop") stopped.abort();
  else void run(message);
});

async function run({ job }: Extract<ToTrainer, { kind: "train" }>): Promise<void> {
  const tools = {
    embedWorker: new URL("../workers/views/embed.worker.js", import.meta.url),
    emit: (event: Extract<FromTrainer, { kind: "event" }>["event"]) => send({ kind: "event", event }),
    signal: stopped.signal,
  };
  try {
    send({ kind: "done", result: await trainProgramme(job, tools) });
  } catch (error) {
    const known = error instanceof DatasetError;
    if (stopped.signal.aborted) send({ kind: "stopped" });
    else
      send({
        kind: "failed",
        known,
        message: error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error),
      });
  }
  if (process.connected) process.disconnect();
}
