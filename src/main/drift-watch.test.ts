import { pino } from "pino";
import { beforeEach, describe, expect, it } from "vitest";
import { catalog, cataract } from "../../test/support/programme.ts";
import { Problem, type Programme, type ReaderPack, type ServedDrift } from "../contracts/index.ts";
import { DriftWatch } from "./drift-watch.ts";
import { LiveCatalog } from "./live-catalog.ts";

const second: Programme = {
  ...cataract,
  fast: { ...cataract.fast, digest: "c".repeat(64), load: { ...cataract.fast.load, digest: "c".repeat(64) } },
  fine: { ...cataract.fine, digest: "d".repeat(64), load: { ...cataract.fine.load, digest: "d".repeat(64) } },
};
const candidate = { release: "second", percent: 100, incident: "i" };
const order: ServedDrift = { programme: "cataract", auditFactor: 1 };

let orders: readonly ServedDrift[];
let isAway: boolean;
let loaded: string[];
let held: readonly ReaderPack[];
let warmed: string[];
let known: Programme | undefined;
let live: LiveCatalog;
let watch: DriftWatch;
beforeEach(() => {
  [orders, isAway, loaded, held, warmed, known] = [[], false, [], [], [], second];
  live = new LiveCatalog(catalog);
  watch = new DriftWatch({
    store: {
      servedDrift: async () => {
        if (isAway) throw new Problem("store-unavailable");
        return orders;
      },
    },
    catalog: live,
    releases: {
      holdBeside: (packs) => {
        held = packs;
      },
    },
    engine: {
      warm: async (digests) => void warmed.push(...digests),
      status: async () => ({ packs: loaded }) as unknown as Awaited<ReturnType<DriftWatch["look"]>> & never,
    },
    candidateOf: async () => known,
    log: pino({ level: "silent" }),
  });
});
const tried = () => live.triedOn("cataract", "anybody");
const overrideNow = () => (live.programmes.get("cataract") as Programme).band.override;

describe("a server that follows the drift loop", () => {
  it("serves a safer band at once, and keeps it while the database is away", async () => {
    orders = [{ ...order, band: { step: 0, incident: "i" } }];
    await watch.look();
    expect(overrideNow()).toEqual({ step: 0, incident: "i" });
    isAway = true;
    await watch.look();
    expect(overrideNow()).toEqual({ step: 0, incident: "i" });
    [isAway, orders] = [false, [order]];
    await watch.look();
    expect(overrideNow()).toBeUndefined();
  });

  it("asks a candidate only once its packs are loaded, and no more from the moment it is rolled back", async () => {
    orders = [{ ...order, candidate }];
    await watch.look();
    expect(held.map(({ digest }) => digest)).toEqual([second.fast.digest, second.fine.digest]);
    expect(warmed).toContain(second.fast.digest);
    expect(tried()).toBeUndefined();
    loaded = [second.fast.digest, second.fine.digest];
    await watch.look();
    expect(tried()).toBe(second);
    orders = [order];
    await watch.look();
    expect(tried()).toBeUndefined();
    expect(held).toEqual([]);
  });

  it("does not ask a candidate that the registry has retired, whatever is ordered", async () => {
    [orders, loaded] = [[{ ...order, candidate }], [second.fast.digest, second.fine.digest]];
    await watch.look();
    expect(tried()).toBe(second);
    known = undefined;
    await watch.look();
    expect(tried()).toBeUndefined();
  });
});
