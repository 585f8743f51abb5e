import type { ReadEvent, SettledEvent, Stratum } from "../../src/contracts/index.ts";
import { Random } from "../../src/contracts/random.ts";
import {
  type Action,
  type ActionOutcome,
  type DriftReference,
  defaultRules,
  type GatePair,
  inCanary,
  type LoopRules,
  sideOf,
  type Watched,
} from "../../src/drift/index.ts";
import type { DriftWork } from "../../src/main/drift-loop.ts";
import { type MemoryDrift, memoryDrift } from "./drift-store.ts";

/** Of the feed: a smaller world is a quicker one. */
const casesPerAnswer = 100;

/** What a process dies of in these tests. */
export class Crash extends Error {}

export const quickRules: LoopRules = {
  ...defaultRules,
  errorsPerTraining: 1,
  shadow: { mirroredMin: 60, differingShareMax: 0.1 },
  canaryPairsMin: 5,
};

const random = new Random(5);
const normal = (): number => Array.from({ length: 12 }, () => random.next()).reduce((sum, each) => sum + each, -6);
const scores = Array.from({ length: 200 }, () => 2 * normal());
const sides = scores.map((score) => sideOf(score, { lo: 0.2, hi: 0.8 }));
const shareOf = (side: Stratum) => ({ events: sides.filter((each) => each === side).length, cases: sides.length });
const shares = {
  "fast-negative": shareOf("fast-negative"),
  "fast-positive": shareOf("fast-positive"),
  band: shareOf("band"),
};

export const referenceOf = (id: string): DriftReference => ({
  id,
  fastLogOdds: scores,
  groups: scores.length,
  band: { lo: 0.2, hi: 0.8 },
  shares,
  disagreement: {
    "fast-negative": { events: 6, cases: 600 },
    "fast-positive": { events: 4, cases: 200 },
    band: { events: 60, cases: 200 },
  },
  errorRateMax: 0.05,
});

const rates = {
  fine: { "fast-negative": 0.2, "fast-positive": 0.2, band: 1 },
  human: { "fast-negative": 0.5, "fast-positive": 0.5, band: 0.5 },
} as const;

export const watchedOf = (release: string, steps = 0): Watched => ({
  programme: "cataract",
  release,
  fast: `${release}-fast`,
  fine: `${release}-fine`,
  reference: referenceOf(release),
  rates,
  steps,
});

/** What cases are like; `release` by whose readers. */
export interface Weather {
  /** Share of wrong decisions from the case `changeAt` on, before that 2 %. */
  readonly error: number;
  /** Share of audited exits on which the readers disagree from there on, before that 1 %. */
  readonly disagreement: number;
  readonly shift: number;
  readonly changeAt: number;
}
export const badWeather: Weather = { error: 0.5, disagreement: 0.01, shift: 0, changeAt: 60 };

/** Case by case the same, whenever it is asked for. */
export function readEvent(seq: number, weather: Weather, release = "first"): ReadEvent {
  const own = new Random(seq, 11);
  const isChanged = seq >= weather.changeAt;
  const stratum: Stratum = own.chance(0.2) ? "band" : "fast-negative";
  const isAsked = own.chance(rates.fine[stratum]);
  const disagrees = own.chance(stratum === "band" ? 0.25 : isChanged ? weather.disagreement : 0.005);
  const score = scores[Math.floor(own.next() * scores.length)] as number;
  return {
    seq,
    caseId: `case-${seq}`,
    at: "2026-01-01T00:00:00.000Z",
    group: `group-${seq}`,
    audit: {
      stratum,
      epoch: "e",
      fine: { probability: rates.fine[stratum], chosen: isAsked },
      human: { probability: rates.human[stratum], chosen: false },
    },
    release: { fast: `${release}-fast`, fine: `${release}-fine`, band: "band" },
    fastLogOdds: score + (isChanged ? weather.shift : 0),
    fastPositive: false,
    ...(isAsked && { finePositive: disagrees }),
  };
}

export function settledEvent(seq: number, weather: Weather): SettledEvent {
  const own = new Random(seq, 12);
  const isJudged = own.chance(0.5);
  const wrong = own.chance(seq >= weather.changeAt ? weather.error : 0.02);
  const positive = own.chance(0.3);
  return {
    seq,
    caseId: `case-${seq}`,
    group: `group-${seq}`,
    at: "2026-01-01T00:00:00.000Z",
    probability: 0.5,
    ...(isJudged && { judgement: { positive, claimed: 0.3, wrong } }),
  };
}

/** 1200 pairs of which the candidate wins some where the alarm was; with `worse` it loses them. */
export function gatePairs(worse = false): GatePair[] {
  return Array.from({ length: 1200 }, (_, i) => {
    const positive = i % 3 === 0;
    const isSlice = i % 40 === 0;
    const right = { calledPositive: positive, probability: positive ? 0.99 : 0.01 };
    const wrong = { calledPositive: !positive, probability: positive ? 0.01 : 0.99 };
    return {
      id: `pair-${i}`,
      group: `pair-${i}`,
      positive,
      champion: isSlice && !worse ? wrong : right,
      candidate: (isSlice || i % 7 === 0) && worse ? wrong : right,
      subgroups: [],
      alarmed: isSlice,
    };
  });
}

export interface World {
  readonly memory: MemoryDrift;
  readonly work: DriftWork;
  /** What became of releases, as the registry would have it. */
  readonly registry: string[];
  readonly watched: () => Promise<readonly Watched[]>;
  /** Trainings that were begun, by their action. */
  readonly trainings: string[];
  /** Where the process died so far. */
  readonly crashes: string[];
}

export interface WorldOptions {
  readonly weather: Weather;
  readonly worseInGate?: boolean;
  readonly worseInCanary?: boolean;
  /** Called before and after each act that leaves a trace; may throw. */
  readonly mishap?: (act: string) => void;
}

/** A programme with endless cases, people who label, and a registry, all in memory and all repeatable. */
export function driftWorld({ weather, worseInGate, worseInCanary, mishap = () => undefined }: WorldOptions): World {
  const memory = memoryDrift();
  const registry: string[] = [];
  const trainings: string[] = [];
  const crashes: string[] = [];
  /** The second release reads what the first one cannot. */
  const weatherNow = (): Weather =>
    registry.includes("activate second") ? { ...weather, changeAt: Number.POSITIVE_INFINITY } : weather;
  const endless =
    <Event>(make: (seq: number) => Event) =>
    async (_programme: string, after: number, limit: number) =>
      Array.from({ length: Math.min(limit, casesPerAnswer) }, (_, i) => make(after + 1 + i));
  const save = memory.saveDrift;
  /** After a crash nothing is done any more until there is a new process. */
  const pass = (where: string): void => {
    try {
      mishap(where);
    } catch (error) {
      if (error instanceof Crash) crashes.push(where);
      throw error;
    }
  };
  const act = <T>(name: string, effect: () => T): T => {
    pass(`before ${name}`);
    const done = effect();
    pass(`after ${name}`);
    return done;
  };
  /** An event is written once, however often it is asked for. */
  const once = (event: string): void => {
    if (!registry.includes(event)) registry.push(event);
  };
  const perform = async (action: Action): Promise<ActionOutcome> => {
    if (action.kind === "compare")
      return { kind: "compared", faults: [], pairs: gatePairs(worseInGate), selection: "frozen-holdout", holdout: "h" };
    act(action.id, () => {
      if (action.kind === "train") trainings.push(action.id);
      once(action.kind === "train" ? `registered by ${action.id}` : `${action.kind} ${action.candidate}`);
    });
    return action.kind === "train" ? { kind: "trained", candidate: "second", evidence: {} } : { kind: "done" };
  };
  return {
    registry,
    trainings,
    crashes,
    memory: Object.assign(memory, {
      readCases: endless((seq) => readEvent(seq, weatherNow())),
      settledCases: endless((seq) => settledEvent(seq, weatherNow())),
      saveDrift: async (...saved: Parameters<MemoryDrift["saveDrift"]>) => {
        const what = ["save", ...saved[2].events.map(({ to }) => to)].join(" ");
        pass(`before ${what}`);
        const done = await save(...saved);
        pass(`after ${what}`);
        return done;
      },
    }),
    work: {
      perform,
      mirror: async () => ({ failed: false, differs: false, championMs: 10, candidateMs: 10 }),
      compare: async (candidate, { group, judgement }) =>
        inCanary(group, candidate, 50)
          ? { championWrong: judgement?.wrong === true, candidateWrong: worseInCanary === true }
          : undefined,
    },
    watched: async () => [watchedOf(registry.includes("activate second") ? "second" : "first")],
  };
}
