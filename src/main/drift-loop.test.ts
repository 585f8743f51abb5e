import { pino } from "pino";
import { describe, expect, it } from "vitest";
import {
  badWeather,
  Crash,
  driftWorld,
  quickRules,
  type World,
  type WorldOptions,
} from "../../test/support/drift-world.ts";
import type { IncidentState } from "../contracts/index.ts";
import type { Clock } from "../platform/index.ts";
import { DriftLoop, type SavedLoop } from "./drift-loop.ts";
import type { Term } from "./leadership.ts";

const roundsMax = 400;
const ends: readonly IncidentState[] = ["promoted", "rejected", "rolled-back"];

function leading(world: World, token = 1): Term {
  return { ...world.memory.lease, token, held: () => true, signal: new AbortController().signal };
}

/** A process on the world as it stands; time is what was written so far, so that it is the same in every run. */
function processOn(world: World): DriftLoop {
  let reads = 0;
  const clock: Clock = {
    now: () => ++reads * 60_000,
    wallMs: () => Date.parse("2026-02-01T00:00:00.000Z"),
    timestamp: () => "2026-02-01T00:00:00.000Z",
  };
  return new DriftLoop({
    feed: world.memory,
    store: world.memory,
    labels: { countLabels: async (_programme, _since, of) => ({ total: 400, ofThese: Math.min(of.length, 60) }) },
    work: world.work,
    watched: world.watched,
    rules: quickRules,
    clock,
    log: pino({ level: "silent" }),
  });
}

/** Rounds until a harm incident has ended and nothing is left to do; a crash begins a new process. */
async function runToEnd(world: World): Promise<number> {
  let loop = processOn(world);
  for (let i = 1; i <= roundsMax; i++) {
    const crashes = world.crashes.length;
    await loop.round(leading(world));
    await new Promise((resolve) => setImmediate(resolve));
    if (world.crashes.length > crashes) loop = processOn(world);
    if (await hasEnded(world)) return i;
  }
  throw new Error("the loop does not end");
}

async function hasEnded(world: World): Promise<boolean> {
  const first = world.memory.written.find(({ incident }) => incident.includes("-harm-"))?.incident;
  const incident = first === undefined ? undefined : (await world.memory.incident(first))?.incident;
  const saved = (await world.memory.loadDrift("cataract"))?.state as SavedLoop | undefined;
  const isOpen = saved === undefined || saved.loop.retiring.length > 0 || saved.loop.arriving !== null;
  return incident !== undefined && ends.includes(incident.state) && !isOpen;
}

/** What must not depend on crashes. */
async function tale(world: World) {
  const events = world.memory.written.filter(({ incident }) => incident.includes("-harm-"));
  const first = events[0]?.incident;
  return {
    steps: events
      .filter(({ incident }) => incident === first)
      .map(({ incident, from, to }) => `${incident} ${from} ${to}`),
    registry: world.registry,
  };
}

describe("the drift loop", () => {
  it("goes from an alarm to the promotion, each step once", async () => {
    const world = driftWorld({ weather: badWeather });
    await runToEnd(world);
    const { steps, registry } = await tale(world);
    expect(steps.map((step) => step.split(" ").slice(1).join(" "))).toEqual([
      "null open",
      "open labelling",
      "labelling training",
      "training gate",
      "gate shadow",
      "shadow canary",
      "canary promoted",
    ]);
    const [id] = steps[0]?.split(" ") ?? [];
    expect(registry).toEqual([`registered by ${id}/train`, "shadow second", "activate second"]);
    expect(await world.memory.servedDrift()).toEqual([{ programme: "cataract", auditFactor: 1 }]);
  });

  it("lets go of what it has taken, however little that is", async () => {
    const world = driftWorld({ weather: badWeather });
    const forgotten: unknown[] = [];
    const few = (limit: number) => Math.min(limit, 3);
    const { readCases, settledCases } = world.memory;
    Object.assign(world.memory, {
      readCases: async (programme: string, after: number, limit: number) =>
        after > 0 ? [] : readCases(programme, after, few(limit)),
      settledCases: async (programme: string, after: number, limit: number) =>
        after > 0 ? [] : settledCases(programme, after, few(limit)),
      forget: async (...asked: unknown[]) => void forgotten.push(asked),
    });
    const loop = processOn(world);
    expect(await loop.round(leading(world))).toBe(false);
    expect(forgotten).toEqual([["cataract", { read: 3, settled: 3 }]]);
    await loop.round(leading(world));
    expect(forgotten).toHaveLength(1);
  });

  const mishaps: readonly (readonly [string, WorldOptions])[] = [
    ["promotes", { weather: badWeather }],
    ["rejects", { weather: badWeather, worseInGate: true }],
    ["rolls back", { weather: badWeather, worseInCanary: true }],
  ];
  /** Acts of the run before: what begins in the same way was tried there. */
  let before: readonly string[] = [];
  it.each(mishaps)(
    "%s the same when its process dies at any write or act",
    async (_, options) => {
      const acts: string[] = [];
      const undisturbed = driftWorld({ ...options, mishap: (act) => void acts.push(act) });
      await runToEnd(undisturbed);
      const told = await tale(undisturbed);
      expect(acts.length).toBeGreaterThan(20);
      const known = acts.findIndex((act, at) => act !== before[at]);
      before = acts;
      for (let at = Math.max(0, known - 1); at < acts.length; at++) {
        // Between a write and the next act nothing happens that could be lost: that death is the next one.
        if (acts[at]?.startsWith("after save")) continue;
        let passed = 0;
        const mishap = (): void => {
          if (passed++ === at) throw new Crash();
        };
        const world = driftWorld({ ...options, mishap });
        await runToEnd(world);
        expect(world.crashes, `died at ${at}: ${acts[at]}`).toHaveLength(1);
        expect(await tale(world), `died at ${at}: ${acts[at]}`).toEqual(told);
      }
    },
    120_000,
  );
});
