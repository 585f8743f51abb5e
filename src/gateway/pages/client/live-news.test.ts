import { describe, expect, it } from "vitest";
import { pauseMs, readFrame } from "./alert-line.ts";
import { freshNotices, freshWords } from "./fresh-notices.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import type { NoticeInfo } from "./person-info.ts";

const notice = (id: string, change: Partial<NoticeInfo> = {}): NoticeInfo => ({
  id,
  personId: null,
  message: `message ${id}`,
  at: "2026-01-01T10:00:00Z",
  read: false,
  type: "info",
  ...change,
});

describe("news", () => {
  it("are those that no earlier look had; the first look has none", () => {
    const list = [notice("3"), notice("2"), notice("1")];
    expect(freshNotices(undefined, list)).toEqual([]);
    expect(freshNotices(new Set(["1"]), list).map(({ id }) => id)).toEqual(["3", "2"]);
    expect(freshNotices(new Set(["1", "2", "3"]), list)).toEqual([]);
  });

  it("are told in the order in which they happened, many of them as a number", () => {
    expect(freshWords([])).toBe("");
    expect(freshWords([notice("2", { type: "critical" }), notice("1")])).toBe(
      "2 new notifications: message 1; Critical: message 2.",
    );
    expect(freshWords(["5", "4", "3", "2"].map((id) => notice(id)))).toBe("4 new notifications.");
  });

  it("come over a line that waits longer after each failure, up to a bound, and never in step with others", () => {
    expect([1, 2, 3].map((tries) => pauseMs(tries, 0))).toEqual([500, 1000, 2000]);
    expect(pauseMs(50, 0)).toBe(15_000);
    expect(pauseMs(1, 0.5)).toBe(625);
  });

  it.each(["", "null", "7", "{}", '{"kind":"x"}', '{"kind":"x","cursor":"1"}', "[1]"])("ignore the frame %j", (text) =>
    expect(readFrame(text)).toBeUndefined(),
  );

  it("know a frame", () => expect(readFrame('{"kind":"connected","cursor":7}')).toMatchObject({ cursor: 7 }));
});

describe("an errand", () => {
  it("never runs twice at once, and once more for all who asked meanwhile, also after one that failed", async () => {
    let runs = 0;
    const releases: (() => void)[] = [];
    const ask = oneAtATime(async () => {
      runs++;
      await new Promise<void>((resolve) => releases.push(resolve));
    });
    const release = async (): Promise<void> => {
      releases.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    };
    ask();
    ask();
    ask();
    expect(runs).toBe(1);
    await release();
    expect(runs).toBe(2);
    await release();
    expect(runs).toBe(2);
    ask();
    expect(runs).toBe(3);
  });
});
