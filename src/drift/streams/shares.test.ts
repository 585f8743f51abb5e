import { describe, expect, it } from "vitest";
import type { Stratum } from "../../contracts/index.ts";
import { Random } from "../../contracts/random.ts";
import { DetectorGroup } from "../engine/detector-group.ts";
import { driftPlan } from "../monitor/plan.ts";
import { type ShareVotes, shareVotes, sideOf } from "./shares.ts";

const band = { lo: 0.2, hi: 0.8 };
const logOdds: Readonly<Record<Stratum, number>> = { "fast-negative": -5, "fast-positive": 5, band: 0 };
/** How cases fall while nothing changes: 62 % negative, 30 % positive, 8 % in the band, of these 1 % poor pictures. */
const usual = { "fast-negative": 0.62, "fast-positive": 0.3, band: 0.08 } as const;
const rates = {
  fine: { "fast-negative": 0.05, "fast-positive": 0.2, band: 1 },
  human: { "fast-negative": 0.05, "fast-positive": 0.05, band: 0.1 },
} as const;

type Shares = Readonly<Record<Stratum, number>>;

function sideFrom(random: Random, shares: Shares): Stratum {
  const drawn = random.next();
  if (drawn < shares.band) return "band";
  return drawn < shares.band + shares["fast-positive"] ? "fast-positive" : "fast-negative";
}

/** The share streams of a release whose reference is a sample of `cases` of its own. */
function watch(seed: number, cases: number, threshold: number): DetectorGroup<keyof ShareVotes> {
  const random = new Random(seed, 31);
  const sample = Array.from({ length: cases }, () => sideFrom(random, usual));
  const count = (side: Stratum) => ({ events: sample.filter((each) => each === side).length, cases });
  const nothing = { events: 0, cases: 1 };
  const { look } = driftPlan(
    {
      id: "r",
      fastLogOdds: sample.map((side) => logOdds[side]),
      groups: cases,
      band,
      shares: { "fast-negative": count("fast-negative"), "fast-positive": count("fast-positive"), band: count("band") },
      poor: { events: Array.from({ length: cases }, () => random.chance(0.01)).filter(Boolean).length, cases },
      disagreement: { "fast-negative": nothing, "fast-positive": nothing, band: nothing },
      errorRateMax: 0.05,
    },
    rates,
  );
  const { score: _, "band-disagreement": __, ...streams } = look.streams;
  return new DetectorGroup<keyof ShareVotes>({ id: "shares", threshold, streams });
}

/** Case of the first alarm, from 1; Infinity when there was none. */
function alarmAt(
  seed: number,
  group: DetectorGroup<keyof ShareVotes>,
  casesMax: number,
  sharesAt: (i: number) => Shares,
) {
  const random = new Random(seed, 32);
  for (let i = 0; i < casesMax; i++) {
    const side = sideFrom(random, sharesAt(i));
    const stratum = random.chance(0.01) ? "band" : side;
    if (group.update(shareVotes(side, stratum)) !== undefined) return i + 1;
  }
  return Number.POSITIVE_INFINITY;
}

describe("where a score leaves a case", () => {
  it.each([
    [-5, "fast-negative"],
    [-1.39, "fast-negative"],
    [0, "band"],
    [1.39, "fast-positive"],
    [5, "fast-positive"],
  ] as const)("at log-odds of %f is %s", (score, side) => expect(sideOf(score, band)).toBe(side));

  it("is the band for every score of a pack that decides nothing by the fast reader alone", () => {
    for (const score of [-15.9, 0, 15.9]) expect(sideOf(score, { lo: 0, hi: 1 })).toBe("band");
  });

  it("is a poor picture only where a sure score was escalated", () => {
    expect(shareVotes("fast-negative", "band")).toMatchObject({
      "share-negative": 1,
      "share-band": 0,
      "poor-picture": 1,
    });
    expect(shareVotes("band", "band")).toMatchObject({ "share-band": 1, "poor-picture": 0 });
    expect(shareVotes("fast-positive", "fast-positive")).toMatchObject({ "share-positive": 1, "poor-picture": 0 });
  });
});

describe("the shares", () => {
  it.each([260, 50])(
    "stay quiet while nothing changes: references of %i cases, 1000 streams, at most the promised tenth alarms",
    (cases) => {
      // 100 cases at a threshold of 1000: a tenth, and three standard errors.
      const runs = Array.from({ length: 1000 }, (_, seed) => alarmAt(seed, watch(seed, cases, 1000), 100, () => usual));
      expect(runs.filter(Number.isFinite).length).toBeLessThanOrEqual(128);
    },
  );

  it("run on average as long as promised, references of 260 cases included", () => {
    const most = 3000;
    const runs = Array.from({ length: 200 }, (_, seed) => alarmAt(seed, watch(seed, 260, 500), most, () => usual));
    const mean = runs.reduce((sum, at) => sum + Math.min(most, at), 0) / runs.length;
    expect(mean).toBeGreaterThanOrEqual(500);
  });

  it.each([
    ["the band grows from 8 to 38 %", { "fast-negative": 0.42, "fast-positive": 0.2, band: 0.38 }],
    ["positives double", { "fast-negative": 0.34, "fast-positive": 0.6, band: 0.06 }],
    ["nearly everything turns negative", { "fast-negative": 0.93, "fast-positive": 0.05, band: 0.02 }],
  ] as const)("notice that %s", (_, after) => {
    const delays = Array.from({ length: 40 }, (__, seed) => {
      const group = watch(seed, 260, 10_000);
      return alarmAt(seed, group, 1500, (i) => (i < 200 ? usual : after)) - 200;
    });
    expect(delays.filter((delay) => delay <= 0)).toEqual([]);
    expect(delays.filter(Number.isFinite)).toHaveLength(40);
  });

  it("are not watched where they can only fall, or nobody knows them", () => {
    const nothing = { events: 0, cases: 1 };
    const all = { events: 400, cases: 400 };
    const none = { events: 0, cases: 400 };
    const { look } = driftPlan(
      {
        id: "r",
        fastLogOdds: [0, 1],
        groups: 2,
        band: { lo: 0, hi: 1 },
        shares: { "fast-negative": none, "fast-positive": none, band: all },
        disagreement: { "fast-negative": nothing, "fast-positive": nothing, band: nothing },
        errorRateMax: 0.05,
      },
      rates,
    );
    expect(Object.keys(look.streams)).toEqual(["score", "share-negative", "share-positive", "band-disagreement"]);
  });
});
