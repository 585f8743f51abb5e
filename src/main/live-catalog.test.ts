import { describe, expect, it } from "vitest";
import { catalog, cataract } from "../../test/support/programme.ts";
import type { Programme } from "../contracts/index.ts";
import { inCanary } from "../drift/index.ts";
import { LiveCatalog } from "./live-catalog.ts";

const certificate = { ...cataract.band.certificate, certified: true };
const steps: [number, number, number, number][] = [
  [0.01, 0.99, 0.02, 0.98],
  [0.03, 0.95, 0.05, 0.9],
];
const certified: Programme = { ...cataract, band: { ...cataract.band, certificate, steps } };
const other: Programme = { ...cataract, fast: { ...cataract.fast, digest: "c".repeat(64) } };
const release = "d".repeat(64);
const order = { programme: "cataract", auditFactor: 1 };
const live = (programme: Programme) => new LiveCatalog({ programmes: new Map([["cataract", programme]]) });
const bandOf = (now: LiveCatalog) => (now.programmes.get("cataract") as Programme).band;

describe("the programmes as they are served", () => {
  it("are those that were released, without an order", () => {
    const now = new LiveCatalog(catalog);
    expect(now.programmes).toBe(catalog.programmes);
    expect(now.beside).toEqual([]);
    expect(now.triedOn("cataract", "anybody")).toBeUndefined();
  });

  it("have a safer band while one is ordered, under a name of its own, and their own again after that", () => {
    const now = live(certified);
    now.follow([{ ...order, band: { step: 1, incident: "i" } }], new Map());
    expect(bandOf(now)).toMatchObject({ lo: 0.01, hi: 0.99, a: 0.02, b: 0.98, override: { step: 1, incident: "i" } });
    expect(bandOf(now).digest).not.toBe(certified.band.digest);
    expect((now.programmes.get("cataract") as Programme).evaluation).toHaveProperty("missing");
    expect(now.released.programmes.get("cataract")).toBe(certified);
    now.follow([order], new Map());
    expect(bandOf(now)).toBe(certified.band);
  });

  it("ask a person for all of the band where no step is certified, also when a release has just changed", () => {
    const now = live(certified);
    now.follow([{ ...order, band: { step: 2, incident: "i" } }], new Map());
    now.replace({ programmes: new Map([["cataract", cataract]]) });
    const { lo, hi } = cataract.band;
    expect(bandOf(now)).toMatchObject({ lo, hi, a: 0, b: 1, override: { step: 0 } });
  });

  it("are a candidate's for the groups of its canary, and for them only", () => {
    const now = live(cataract);
    const groups = Array.from({ length: 400 }, (_, i) => `patient-${i}`);
    const candidate = { release, percent: 25, incident: "i" };
    now.follow([{ ...order, candidate }], new Map([[release, other]]));
    const tried = groups.filter((group) => now.triedOn("cataract", group) === other);
    expect(tried).toEqual(groups.filter((group) => inCanary(group, release, 25)));
    expect(tried.length).toBeGreaterThan(60);
    expect(tried.length).toBeLessThan(140);
    expect(now.beside).toEqual([other]);
    // Ordered, and not to be had here: everybody goes on with the release that serves.
    now.follow([{ ...order, candidate }], new Map());
    expect(groups.every((group) => now.triedOn("cataract", group) === undefined)).toBe(true);
    now.follow([order], new Map());
    expect(now.beside).toEqual([]);
  });
});
