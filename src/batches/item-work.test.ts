import { describe, expect, it } from "vitest";
import { caseRecord } from "../../test/support/case-record.ts";
import { type DriftInput, type LeasedItem, Problem, type ProblemCode } from "../contracts/index.ts";
import { createLog } from "../platform/index.ts";
import { type ScreenItem, settlementOf, triesMax, workOn } from "./item-work.ts";

const item = (tries: number): LeasedItem => ({
  batch: "b",
  seq: 3,
  attempt: 5,
  tries,
  programme: "cataract",
  subject: {},
  source: { kind: "object", sha256: "0" },
  origin: { actor: "test", requestId: "1" },
});
const settled = (code: ProblemCode, tries = 1) => settlementOf(item(tries), new Problem(code));

describe("what becomes of an item that made no case", () => {
  it.each(["image-undecodable", "inference-failed", "url-refused", "input-quarantined", "object-unknown"] as const)(
    "%s is final at once",
    (code) => expect(settled(code)).toEqual({ batch: "b", seq: 3, attempt: 5, result: "failed", problem: { code } }),
  );

  it.each(["source-unavailable", "engine-lost", "deadline-exceeded", "internal"] as const)(
    "%s is tried again, later each time, and in the end no more",
    (code) => {
      const waits = Array.from({ length: triesMax - 1 }, (_, i) => settled(code, i + 1));
      const ms = waits.map((each) => ("afterMs" in each ? each.afterMs : Number.NaN));
      expect(waits.every(({ result }) => result === "retry")).toBe(true);
      expect(ms).toEqual([...ms].sort((a, b) => a - b));
      expect(ms.reduce((sum, each) => sum + each)).toBeGreaterThan(100_000);
      expect(settled(code, triesMax)).toMatchObject({ result: "dead", problem: { code } });
    },
  );

  it.each(["draining", "queue-full", "engine-not-ready", "store-unavailable"] as const)(
    "%s is no try of the item",
    (code) => expect(settled(code, triesMax).result).toBe("release"),
  );
});

describe("the case of an item", () => {
  it("is recorded with what the drift monitor is told of it", async () => {
    const asked: unknown[] = [];
    const drift = { group: "g" } as DriftInput;
    const record = caseRecord();
    const store = {
      recordItem: async (...all: unknown[]) => {
        asked.push(all);
        return true;
      },
    };
    const screen: ScreenItem = (_item, cases) => cases.recordCase(record, item(1).origin, { drift });
    const deps = { store, screen, log: createLog("silent", "test") };
    expect(await workOn(deps, item(1), new AbortController().signal)).toBeUndefined();
    expect(asked).toEqual([[record, item(1).origin, item(1), drift]]);
  });
});
