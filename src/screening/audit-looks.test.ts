import { describe, expect, it } from "vitest";
import { caseRecord } from "../../test/support/case-record.ts";
import { fakePredictor, resultOf } from "../../test/support/fake-predictor.ts";
import { cataract } from "../../test/support/programme.ts";
import {
  type AuditLookStore,
  type LeasedAuditLook,
  Problem,
  type ProblemCode,
  type Programme,
} from "../contracts/index.ts";
import { createLog, createMetrics, newCaseId, systemClock } from "../platform/index.ts";
import { AuditLooks, type AuditLooksDeps } from "./audit-looks.ts";

const release = { fast: cataract.fast.digest, fine: cataract.fine.digest, band: cataract.band.digest };

/** Looks in memory, leased as a database would: one holder each, and an attempt that a later lease outbids. */
function lookStore(count: number, change: Partial<LeasedAuditLook> = {}) {
  const waiting = Array.from({ length: count }, () => {
    const record = caseRecord();
    return { look: { caseId: record.id, attempt: 0, record, release, age: 0, ...change }, until: 0 };
  });
  const settled: [string, boolean | undefined][] = [];
  const released: number[] = [];
  const asks: Parameters<AuditLookStore["leaseAuditLooks"]>[0][] = [];
  const held = ({ caseId, attempt }: { caseId: string; attempt: number }) =>
    waiting.find(({ look }) => look.caseId === caseId && look.attempt === attempt);
  const store: AuditLookStore = {
    leaseAuditLooks: async (ask) => {
      asks.push(ask);
      const now = systemClock.now();
      const free = waiting.filter(
        ({ look, until }) => until <= now && (look.age >= 1 || ask.readable.includes(look.release.fine)),
      );
      return free.slice(0, ask.limit).map((each) => {
        each.look = { ...each.look, attempt: each.look.attempt + 1 };
        each.until = now + ask.leaseMs;
        return each.look;
      });
    },
    releaseAuditLook: async (lease, afterMs) => {
      released.push(afterMs);
      const found = held(lease);
      if (found !== undefined) found.until = systemClock.now() + afterMs;
    },
    settleAuditLook: async (lease, finePositive) => {
      const found = held(lease);
      if (found === undefined) return false;
      waiting.splice(waiting.indexOf(found), 1);
      settled.push([lease.caseId, finePositive]);
      return true;
    },
    countAuditLooks: async () => waiting.length,
  };
  return { store, waiting, settled, released, asks };
}

function room(kept: ReturnType<typeof lookStore>, change: Partial<AuditLooksDeps> = {}) {
  const predictor = fakePredictor();
  const metrics = createMetrics();
  const deps: AuditLooksDeps = {
    store: kept.store,
    programmes: { programmes: new Map<string, Programme>([["cataract", cataract]]) },
    predictor,
    metrics,
    objects: { getObject: async () => new Uint8Array(10) },
    clock: systemClock,
    width: () => 1,
    isIdle: () => true,
    newCaseId,
    log: createLog("silent", "test"),
    ...change,
  };
  const ended = async (result: string) => {
    const values = (await metrics.auditLooks.get()).values.filter(({ labels }) => labels.result === result);
    return values.reduce((sum, { value }) => sum + value, 0);
  };
  return { predictor, metrics, deps, looks: new AuditLooks(deps), ended };
}

describe("looks that chance asked for", () => {
  it("are done one at a time by the fine reader alone, behind everybody who waits", async () => {
    const kept = lookStore(3);
    const { looks, predictor, ended, metrics } = room(kept);
    let atOnce = 0;
    let most = 0;
    predictor.answer = async (task) => {
      most = Math.max(most, ++atOnce);
      await new Promise((resolve) => setTimeout(resolve, 5));
      atOnce--;
      return resultOf(task, { fast: 3, fine: predictor.tasks.length === 1 ? -0.1 : 0 });
    };
    looks.start();
    await expect.poll(() => kept.settled.length, { timeout: 10_000 }).toBe(3);
    await looks.stop();
    expect(kept.settled.map(([, finePositive]) => finePositive)).toEqual([false, true, true]);
    expect(most).toBe(1);
    expect(new Set(predictor.tasks.map(({ lane }) => lane))).toEqual(new Set(["bulk"]));
    expect(predictor.tasks.every(({ packs }) => packs.join() === cataract.fine.digest)).toBe(true);
    expect([await ended("read"), await ended("given-up")]).toEqual([3, 0]);
    expect((await metrics.auditLooksPending.get()).values[0]?.value).toBe(3);
  });

  it("wait while a case waits for its second look, but for those that are overdue", async () => {
    const kept = lookStore(2);
    const [first] = kept.waiting;
    if (first !== undefined) first.look = { ...first.look, age: 1 };
    const state = { isIdle: false };
    const { looks, predictor } = room(kept, { isIdle: () => state.isIdle });
    looks.start();
    await expect.poll(() => kept.asks.length, { timeout: 10_000 }).toBeGreaterThan(2);
    expect(kept.settled.map(([, finePositive]) => finePositive)).toEqual([undefined]);
    expect(predictor.tasks).toEqual([]);
    state.isIdle = true;
    await expect.poll(() => kept.settled.length, { timeout: 10_000 }).toBe(2);
    await looks.stop();
    expect(kept.settled[1]?.[1]).toBe(true);
  });

  it.each([
    ["is overdue", { age: 1.2 }, {}, undefined, 0],
    ["has lost its image", {}, { objects: { getObject: async () => undefined } }, undefined, 0],
    ["cannot be read", {}, {}, "image-undecodable", 1],
    ["ended the engine before", {}, {}, "input-quarantined", 1],
    ["was read by nobody we know, and is overdue", { age: 2, release: { ...release, fine: "?" } }, {}, undefined, 0],
  ] as const)("are given up for a case that %s, which is complete then", async (_, change, other, code, asked) => {
    const kept = lookStore(1, change);
    const { looks, predictor, ended } = room(kept, other);
    if (code !== undefined)
      predictor.answer = async () => {
        throw new Problem(code);
      };
    looks.start();
    await expect.poll(() => kept.settled.length, { timeout: 10_000 }).toBe(1);
    await looks.stop();
    expect(kept.settled[0]?.[1]).toBeUndefined();
    expect(predictor.tasks).toHaveLength(asked);
    expect([await ended("read"), await ended("given-up")]).toEqual([0, 1]);
  });

  it("are given up when an engine no longer holds the readers of a release that was replaced", async () => {
    const kept = lookStore(0);
    const programmes = new Map<string, Programme>([["cataract", cataract]]);
    const { looks, predictor } = room(kept, { programmes: { programmes } });
    predictor.answer = async () => {
      throw new Problem("pack-not-installed");
    };
    looks.start();
    await expect.poll(() => kept.asks.length).toBeGreaterThan(0);
    programmes.set("cataract", { ...cataract, fine: { ...cataract.fine, digest: "9".repeat(64) } });
    const record = caseRecord();
    kept.waiting.push({ look: { caseId: record.id, attempt: 0, record, release, age: 0 }, until: 0 });
    await expect.poll(() => kept.settled, { timeout: 10_000 }).toEqual([[record.id, undefined]]);
    await looks.stop();
  });

  it.each(["engine-not-ready", "queue-full", "deadline-unmeetable", "pack-not-installed"] as readonly ProblemCode[])(
    "go back while the fine reader cannot be had, and only overdue ones are asked for: %s",
    async (code) => {
      const kept = lookStore(2);
      const { looks, predictor } = room(kept);
      predictor.answer = async () => {
        throw new Problem(code);
      };
      looks.start();
      await expect.poll(() => kept.asks.some(({ readable }) => readable.length === 0), { timeout: 10_000 }).toBe(true);
      expect(kept.settled).toEqual([]);
      expect(kept.released.every((ms) => ms >= 1000)).toBe(true);
      // An overdue one needs no reader.
      const [first] = kept.waiting;
      if (first !== undefined) {
        first.look = { ...first.look, age: 1 };
        first.until = 0;
      }
      await expect.poll(() => kept.settled.length, { timeout: 10_000 }).toBe(1);
      predictor.answer = async (task) => resultOf(task);
      await expect.poll(() => kept.settled.length, { timeout: 10_000 }).toBe(2);
      await looks.stop();
      expect(kept.settled.map(([, finePositive]) => finePositive)).toEqual([undefined, true]);
    },
  );

  it("write nothing once somebody else holds them, and count nothing", async () => {
    const kept = lookStore(1);
    const { looks, predictor, ended } = room(kept);
    predictor.answer = async (task) => {
      // The lease ran out meanwhile, and another server took the look.
      const [mine] = kept.waiting;
      if (mine !== undefined) mine.look = { ...mine.look, attempt: mine.look.attempt + 1 };
      return resultOf(task);
    };
    looks.start();
    await expect.poll(() => predictor.tasks.length, { timeout: 10_000 }).toBe(1);
    await looks.stop();
    expect(kept.settled).toEqual([]);
    expect(await ended("read")).toBe(0);
  });

  it("are done by the next server when one ends in the middle", async () => {
    const kept = lookStore(2);
    const dying = room(kept);
    dying.predictor.answer = () => new Promise(() => undefined);
    dying.looks.start();
    await expect.poll(() => dying.predictor.tasks.length, { timeout: 10_000 }).toBe(1);
    // Its lease runs out; it never gives anything back.
    for (const each of kept.waiting) each.until = 0;
    const next = room(kept);
    next.looks.start();
    await expect.poll(() => kept.settled.length, { timeout: 10_000 }).toBe(2);
    await next.looks.stop();
    expect(new Set(kept.settled.map(([id]) => id)).size).toBe(2);
  });

  it("go back when the server must end", async () => {
    const kept = lookStore(1);
    const { looks, predictor } = room(kept);
    predictor.answer = (_task, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(new Problem("client-closed-request")));
      });
    looks.start();
    await expect.poll(() => predictor.tasks.length, { timeout: 10_000 }).toBe(1);
    await looks.stop();
    expect([kept.settled, kept.released]).toEqual([[], [1000]]);
  });
});
