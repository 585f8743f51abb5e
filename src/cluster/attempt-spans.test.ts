import { createHash } from "node:crypto";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { serveNode } from "../../test/support/cluster.ts";
import { fakePredictor, resultOf } from "../../test/support/fake-predictor.ts";
import { MemoryHub } from "../../test/support/memory-bus.ts";
import { parentOf, recordingTracer } from "../../test/support/recording-tracer.ts";
import { type PredictTask, Problem } from "../contracts/index.ts";
import { newTrace } from "../platform/index.ts";
import { AttemptSpans } from "./attempt-spans.ts";
import { localName } from "./dispatch-core.ts";
import type { Outcome } from "./outcome.ts";
import { RemotePredictor } from "./remote-predictor.ts";

const bytes = Buffer.from("x");
const sha256 = createHash("sha256").update(bytes).digest("hex");
const image = { bytes, sha256, mediaType: "image/png" as const, width: 1, height: 1 };
const taskOf = (id: string): PredictTask => ({
  id,
  packs: ["a".repeat(64)],
  image,
  lane: "interactive",
  remainingMs: 1000,
  trace: { ...newTrace(), sampled: true, state: "rojo=1" },
});
const never = new AbortController().signal;
const answered = (task: PredictTask): Outcome => ({ kind: "answered", result: resultOf(task) });

describe("attempts at a task", () => {
  it("are parts of what asked for it; a second one is a hedge while the first is open, else a retry", async () => {
    const tracer = recordingTracer();
    const spans = new AttemptSpans(tracer);
    const task = taskOf("t");
    let answer: () => void = () => undefined;
    const aborted = new AbortController();
    const first = spans.of("one", task, aborted.signal, async (given) => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return answered(given);
    });
    await spans.of("two", { ...task, id: "t.2" }, never, async (given) => answered(given));
    aborted.abort();
    answer();
    await first;
    await spans.of(localName, { ...task, id: "t.3" }, never, async () => ({ kind: "lost", cause: "silent" }));
    expect(tracer.spans.map(({ attributes }) => attributes["fovea.attempt_cause"])).toEqual([
      "first",
      "hedge",
      "retry",
    ]);
    expect(tracer.spans.map(({ attributes }) => attributes["fovea.attempt"])).toEqual([1, 2, 3]);
    expect(tracer.spans.map(({ attributes }) => attributes["fovea.outcome"])).toEqual([
      "cancelled",
      "answered",
      "lost-silent",
    ]);
    expect(tracer.spans.map(({ kind }) => kind)).toEqual(["client", "client", undefined]);
    expect(tracer.spans.map(({ failed }) => failed)).toEqual([undefined, undefined, "engine-lost"]);
    const [begun] = tracer.spans;
    expect(tracer.spans.map(({ links }) => links)).toEqual([undefined, [begun?.context], [begun?.context]]);
    for (const { parent } of tracer.spans) expect(parent).toBe(task.trace);
  });

  it("of another task are counted for themselves", async () => {
    const tracer = recordingTracer();
    const spans = new AttemptSpans(tracer);
    for (const id of ["a", "b"]) await spans.of("one", taskOf(id), never, async (task) => answered(task));
    expect(tracer.spans.map(({ attributes }) => attributes["fovea.attempt"])).toEqual([1, 1]);
  });
});

describe("a trace over the bus", () => {
  async function read(tracer?: ReturnType<typeof recordingTracer>, task = taskOf("t")) {
    const hub = new MemoryHub();
    const [there, here] = [hub.connect(), hub.connect()];
    const predictor = fakePredictor();
    const lines: string[] = [];
    const log = pino({ level: "debug" }, { write: (line) => void lines.push(line) });
    const node = serveNode("one", there, predictor, { log, tracer });
    const remote = new RemotePredictor("one", here, here.images);
    await remote.predict(task, never);
    predictor.answer = () => Promise.reject(new Problem("image-undecodable"));
    await remote.predict({ ...task, id: `${task.id}.2` }, never).catch(() => undefined);
    remote.close();
    await node.drain(0);
    return { task, tasks: predictor.tasks, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
  }

  it("arrives at the engine of the node, and in its log, also where the node makes no spans", async () => {
    const { task, tasks, lines } = await read();
    expect(tasks.map(({ trace }) => trace)).toEqual([task.trace, task.trace]);
    expect(lines).toMatchObject([
      { task: "t", trace_id: task.trace?.traceId, msg: "read" },
      { task: "t.2", trace_id: task.trace?.traceId, msg: "not read", code: "image-undecodable" },
    ]);
  });

  it("has a span of the node for each task, a part of what asked for it", async () => {
    const tracer = recordingTracer();
    const { task, tasks } = await read(tracer);
    expect(tracer.spans.map(({ name, kind, failed }) => [name, kind, failed])).toEqual([
      ["node", "server", undefined],
      ["node", "server", "image-undecodable"],
    ]);
    expect(parentOf(tracer, "node")).toBe(task.trace?.spanId);
    expect(tasks[0]?.trace?.spanId).toBe(tracer.spans[0]?.context.spanId);
  });

  it("is none where whoever asks has none", async () => {
    const { tasks, lines } = await read(undefined, { ...taskOf("t"), trace: undefined });
    expect(tasks[0]?.trace).toBeUndefined();
    expect(lines[0]).not.toHaveProperty("trace_id");
  });
});
