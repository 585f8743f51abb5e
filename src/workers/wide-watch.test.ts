import { describe, expect, it } from "vitest";
import { createLog } from "../platform/index.ts";
import { WideWatch } from "./wide-watch.ts";

const watch = () => new WideWatch(1000, createLog("silent", "test"));

describe("the watch over second copies", () => {
  it("gives them up when the engine ends while one is loaded", () => {
    const wide = watch();
    wide.told({ kind: "wide", pack: "a", state: "loading" });
    wide.ended();
    expect(wide.bytesMax).toBe(0);
  });

  it.each([
    { kind: "wide", pack: "a", state: "ready" },
    { kind: "wide", pack: "a", state: "gone" },
    { kind: "wide", pack: "a", state: "refused", reason: "memory is short" },
  ] as const)("keeps them when the engine ends later: $state", (message) => {
    const wide = watch();
    wide.ended();
    wide.told({ kind: "wide", pack: "a", state: "loading" });
    wide.told(message);
    wide.ended();
    expect(wide.bytesMax).toBe(1000);
  });
});
