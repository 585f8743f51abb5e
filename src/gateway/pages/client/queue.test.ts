import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CaseRecord } from "../../../contracts/decision.ts";
import * as q from "./queue.ts";
import { type Failure, sendsMax } from "./retry.ts";

const entry = (id: number): q.NewItem => ({
  id,
  name: `${id}.jpg`,
  programme: "cataract",
  idempotencyKey: `key-${id}`,
});
const queueOf = (count: number): q.Queue => ({
  ...q.add(
    q.emptyQueue,
    Array.from({ length: count }, (_, id) => entry(id)),
  ).queue,
  ready: true,
});
const first = (queue: q.Queue): q.Item => queue.items[0] as q.Item;
const full: Failure = { status: 429, code: "queue-full", retryable: true, retryAfterS: 3 };
const notReady: Failure = { status: 503, code: "engine-not-ready", retryable: true, retryAfterS: 1 };
const record = { decision: { outcome: "person" } } as CaseRecord;

describe("the queue of pictures", () => {
  it("turns away what is beyond its bound, and says how many", () => {
    const { queue, turnedAway } = q.add(queueOf(q.heldMax - 1), [entry(900), entry(901), entry(902)]);
    expect(turnedAway).toBe(2);
    expect(queue.items).toHaveLength(q.heldMax);
    expect(queue.items.at(-1)?.id).toBe(900);
  });

  it("sends nothing before the server is ready, nor while a key is needed", () => {
    expect(q.startable({ ...queueOf(3), ready: false }, 0)).toEqual([]);
    expect(q.startable({ ...queueOf(3), keyNeeded: true }, 0)).toEqual([]);
    expect(q.startable(queueOf(3), 0)).toHaveLength(3);
  });

  it("refuses at once what no retry can mend, and a missing pack although it is a 503", () => {
    for (const failure of [
      { status: 422, code: "image-malformed", retryable: false },
      { status: 503, code: "pack-not-installed", retryable: false, retryAfterS: 1 },
      { status: 504, code: "deadline-exceeded", retryable: true },
    ]) {
      const queue = q.failed(q.started(queueOf(1), 0), 0, failure, 0, 0);
      expect(first(queue).state).toEqual({ phase: "refused", failure });
      expect(queue.ready).toBe(true);
    }
  });

  it("gives up after so many sends, however often the server says to come back", () => {
    let queue = queueOf(1);
    let now = 0;
    for (let send = 1; send <= sendsMax; send++) {
      queue = q.started(queue, 0);
      queue = q.failed(queue, 0, full, now, 0.5);
      expect(first(queue).state.phase).toBe(send < sendsMax ? "waiting" : "refused");
      expect(first(queue).idempotencyKey).toBe("key-0");
      now += 100_000;
    }
    expect(first(q.askedAgain(queue, 0))).toMatchObject({
      sends: 0,
      idempotencyKey: "key-0",
      state: { phase: "waiting" },
    });
  });

  it("waits at least as long as the server asked, and knows for how long", () => {
    const queue = q.failed(q.started(queueOf(1), 0), 0, full, 1000, 0);
    expect(q.startable(queue, 3999)).toEqual([]);
    expect(q.nextWaitMs(queue, 3000)).toBe(1000);
    expect(q.startable(queue, 4000)).toHaveLength(1);
    expect(q.nextWaitMs(queue, 4000)).toBeUndefined();
  });

  it("holds everything back when the server is not ready any more", () => {
    const queue = q.failed(q.started(queueOf(2), 0), 0, notReady, 0, 0);
    expect(queue.ready).toBe(false);
    expect(q.startable(queue, 1e9)).toEqual([]);
    expect(q.startable({ ...queue, ready: true }, 1e9)).toHaveLength(2);
  });

  it("asks for a key without counting the send, and keeps the picture", () => {
    const queue = q.failed(q.started(queueOf(1), 0), 0, { status: 401, code: "unauthorised" }, 0, 0);
    expect(queue.keyNeeded).toBe(true);
    expect(first(queue)).toMatchObject({ sends: 0, state: { phase: "waiting" } });
  });

  it("lets nothing that arrives late undo a cancellation", () => {
    const queue = q.cancelled(q.started(queueOf(1), 0), 0);
    for (const late of [q.answered(queue, 0, record, 5), q.progressed(queue, 0, 1), q.failed(queue, 0, full, 0, 0)])
      expect(first(late).state).toEqual({ phase: "cancelled" });
  });

  it("cancels what is on its way, and never a result", () => {
    const queue = q.answered(q.started(queueOf(2), 0), 0, record, 5);
    const cancelled = q.allCancelled(queue);
    expect(cancelled.items.map(({ state }) => state.phase)).toEqual(["done", "cancelled"]);
    expect(q.withoutFinished(queue).items.map(({ id }) => id)).toEqual([1]);
  });

  it("never has more open than allowed, loses none and counts each once, whatever happens", () => {
    const step = fc.record({
      kind: fc.constantFrom("start", "share", "answer", "fail", "cancel", "again", "add"),
      id: fc.nat(11),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        let queue = queueOf(8);
        let held = 8;
        for (const [now, { kind, id }] of steps.entries()) {
          if (kind === "start") for (const item of q.startable(queue, now * 1000)) queue = q.started(queue, item.id);
          if (kind === "share") queue = q.progressed(queue, id, 1);
          if (kind === "answer") queue = q.answered(queue, id, record, 1);
          if (kind === "fail") queue = q.failed(queue, id, full, now * 1000, 0);
          if (kind === "cancel") queue = q.cancelled(queue, id);
          if (kind === "again" && !queue.items.filter(q.isPending).some((item) => item.id === id))
            queue = q.askedAgain(queue, id);
          if (kind === "add") queue = q.add(queue, [entry(held++)]).queue;
          expect(queue.items.filter(q.isOpen).length).toBeLessThanOrEqual(q.openMax);
          expect(queue.items).toHaveLength(held);
          expect(Object.values(q.countGroups(queue)).reduce((sum, count) => sum + count, 0)).toBe(held);
        }
      }),
    );
  });
});
