import { describe, expect, it } from "vitest";
import { RunWatch } from "./run-watch.ts";

/** Looked at each second, as the sweep does more often; a longer pause would excuse the engine. */
function lookUntil(watch: RunWatch, from: number, to: number): string | undefined {
  for (let now = from; now <= to; now += 1000) {
    watch.heard(now);
    const complaint = watch.complaint(now, true);
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}

describe("an engine that is watched", () => {
  it("hangs when a run takes far longer than its like", () => {
    const watch = new RunWatch(0);
    watch.started(1, ["a"], 10, 0);
    expect(lookUntil(watch, 0, 5000)).toBeUndefined();
    expect(lookUntil(watch, 6000, 6000)).toBe("a run hangs");
  });

  it("does not hang while its threads load packs: the run waits for them, and has its whole time afterwards", () => {
    const watch = new RunWatch(0);
    watch.started(1, ["a"], 10, 0);
    watch.loading(1000);
    expect(lookUntil(watch, 0, 30_000)).toBeUndefined();
    watch.loaded(30_000);
    expect(lookUntil(watch, 30_000, 35_000)).toBeUndefined();
    expect(lookUntil(watch, 36_000, 36_000)).toBe("a run hangs");
  });

  it("hangs when packs are loaded for longer than a start may take", () => {
    const watch = new RunWatch(0);
    watch.loading(0);
    expect(lookUntil(watch, 0, 60_000)).toBeUndefined();
    expect(lookUntil(watch, 61_000, 61_000)).toBe("a load hangs");
  });
});
