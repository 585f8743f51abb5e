import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { memoryOrders, memoryQueues } from "../../test/support/queues.ts";
import { Problem } from "../contracts/index.ts";
import type { QueueControl } from "./queue-control.ts";

const origin = { actor: "key:ada", requestId: "request-1" };
const looksMs = 2500;

describe("the queues of a server", () => {
  let store: ReturnType<typeof memoryOrders>;
  let here: QueueControl;
  let there: QueueControl;
  beforeEach(() => {
    vi.useFakeTimers();
    store = memoryOrders();
    [here, there] = [memoryQueues(store), memoryQueues(store)];
    for (const each of [here, there]) each.start();
  });
  afterEach(async () => {
    await Promise.all([here.stop(), there.stop()]);
    vi.useRealTimers();
  });

  it("are worked on as the settings say, until a person orders otherwise", async () => {
    expect(here.list()).toEqual([
      { queue: "batches", width: 4, usualWidth: 4, widthMax: 32 },
      { queue: "second-looks", width: 4, usualWidth: 4, widthMax: 32 },
      { queue: "audit-looks", width: 1, usualWidth: 1, widthMax: 32 },
    ]);
    const paused = await here.order({ queue: "batches", paused: true, reason: "night" }, origin);
    expect(paused).toMatchObject({ width: 0, usualWidth: 4, order: { reason: "night", by: "key:ada" } });
    expect([here.widthOf("batches"), here.widthOf("second-looks")]).toEqual([0, 4]);
    await here.order({ queue: "batches", paused: false, width: 20, reason: "morning" }, origin);
    expect(here.widthOf("batches")).toBe(20);
  });

  it("hear what was ordered elsewhere, and keep it while the database is away", async () => {
    await here.order({ queue: "second-looks", width: 2, reason: "slowly" }, origin);
    expect(there.widthOf("second-looks")).toBe(4);
    await vi.advanceTimersByTimeAsync(looksMs);
    expect(there.widthOf("second-looks")).toBe(2);
    store.queueOrders = () => Promise.reject(new Problem("store-unavailable"));
    await vi.advanceTimersByTimeAsync(looksMs);
    expect(there.widthOf("second-looks")).toBe(2);
  });

  it("do not take an older answer for the newest order", async () => {
    const answers: ((orders: never[]) => void)[] = [];
    store.queueOrders = () => new Promise((resolve) => void answers.push(resolve));
    await vi.advanceTimersByTimeAsync(looksMs);
    await here.order({ queue: "batches", paused: true, reason: "night" }, origin);
    for (const answer of answers) answer([]);
    await vi.advanceTimersByTimeAsync(0);
    expect(here.widthOf("batches")).toBe(0);
  });

  it("refuse more at once than leaves room for people who wait, and change nothing then", async () => {
    await expect(here.order({ queue: "batches", width: 33, reason: "faster" }, origin)).rejects.toMatchObject({
      code: "field-invalid",
      message: expect.stringContaining("at most 32"),
    });
    expect(store.orders.size).toBe(0);
    expect(here.widthOf("batches")).toBe(4);
  });
});
