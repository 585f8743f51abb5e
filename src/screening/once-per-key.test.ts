import { describe, expect, it } from "vitest";
import { type CaseRecord, type IdempotencyClaim, Problem } from "../contracts/index.ts";
import { OncePerKey } from "./once-per-key.ts";

const claim: IdempotencyClaim = { key: "k", fingerprint: "f" };
const never = new AbortController().signal;
const record = { id: "one" } as CaseRecord;
const empty = () => new OncePerKey({ findClaimed: async () => undefined });

describe("OncePerKey", () => {
  it("refuses other content under a key that is in use", async () => {
    const once = empty();
    let finish = (_: CaseRecord): void => undefined;
    const first = once.run(claim, never, () => new Promise((resolve) => (finish = resolve)));
    await expect(once.run({ ...claim, fingerprint: "g" }, never, async () => record)).rejects.toMatchObject({
      code: "idempotency-key-reused",
    });
    finish(record);
    await expect(first).resolves.toBe(record);
  });

  it("works once for fifty equal posts", async () => {
    const once = empty();
    let works = 0;
    const work = async () => {
      works++;
      await new Promise(setImmediate);
      return record;
    };
    const all = await Promise.all(Array.from({ length: 50 }, () => once.run(claim, never, work)));
    expect(new Set(all)).toEqual(new Set([record]));
    expect(works).toBe(1);
  });

  it("lets another lead when the one that was joined hangs up", async () => {
    const once = empty();
    let hangUp = (_: Problem): void => undefined;
    const first = once.run(claim, never, () => new Promise((_, reject) => (hangUp = reject)));
    const second = once.run(claim, never, async () => record);
    await new Promise(setImmediate);
    hangUp(new Problem("client-closed-request"));
    await expect(first).rejects.toMatchObject({ code: "client-closed-request" });
    await expect(second).resolves.toBe(record);
  });

  it("forgets a failure", async () => {
    const once = empty();
    const fails = () => Promise.reject(new Problem("queue-full"));
    await expect(once.run(claim, never, fails)).rejects.toMatchObject({ code: "queue-full" });
    await expect(once.run(claim, never, async () => record)).resolves.toBe(record);
  });

  it("answers what was recorded before without work", async () => {
    const once = new OncePerKey({ findClaimed: async () => record });
    await expect(once.run(claim, never, () => expect.unreachable())).resolves.toBe(record);
  });
});
