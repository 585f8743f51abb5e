import { describe, expect, it } from "vitest";
import { fakePredictor, resultOf } from "../../test/support/fake-predictor.ts";
import { cataract } from "../../test/support/programme.ts";
import {
  type AcceptedImage,
  type CaseRecord,
  type LeasedSecondLook,
  Problem,
  type ProblemCode,
  type Programme,
  type ProgrammeCatalog,
  type SecondLookStore,
  type SecondLookTicket,
} from "../contracts/index.ts";
import { createLog, createMetrics, newCaseId, systemClock } from "../platform/index.ts";
import { FineLane } from "./fine-lane.ts";
import { KnownReleases } from "./release-of.ts";
import { screenCase } from "./screen-case.ts";
import type { ScreeningDeps, ScreenRequest } from "./screen-request.ts";
import { SecondLooks } from "./second-looks.ts";
import { type SettleDeps, settle } from "./settle-second-look.ts";

const bytes = new Uint8Array(10);
const image: AcceptedImage = {
  mediaType: "image/jpeg",
  bytes,
  sha256: "c".repeat(64),
  width: 640,
  height: 480,
  uploadedBytes: 20,
};
/** Inside the band, and clearly positive with the fine reader. */
const scores = { fast: 0.1, fine: 4 };
const isFine = ({ packs }: { packs: readonly string[] }) => packs.includes(cataract.fine.digest);

interface Kept {
  readonly record: CaseRecord;
  readonly ticket: SecondLookTicket | undefined;
}

/** A desk that holds its lane's price still. */
const deskOf = (price = 0, change: Partial<NonNullable<ScreeningDeps["secondLooks"]>> = {}) => ({
  lane: { price, enter: () => () => undefined } as unknown as FineLane,
  byLoad: true,
  waitMsMax: 60_000,
  retryAfterS: () => 7,
  isFull: () => false,
  isClosed: () => false,
  ...change,
});

function room(programmes: ProgrammeCatalog = { programmes: new Map([["cataract", cataract]]) }) {
  const kept: Kept[] = [];
  const predictor = fakePredictor();
  /** What the fine reader says; undefined: it reads. */
  const state: { refusal?: Problem | undefined } = {};
  predictor.answer = async (task) => {
    if (isFine(task) && state.refusal !== undefined) throw state.refusal;
    return resultOf(task, scores);
  };
  const metrics = createMetrics();
  const deps: ScreeningDeps = {
    programmes,
    predictor,
    cases: {
      recordCase: async (record, _origin, { ticket } = {}) => {
        kept.push({ record, ticket });
        return record;
      },
    },
    objects: { putObject: async () => undefined, getObject: async () => bytes },
    metrics,
    clock: systemClock,
    newCaseId,
    secondLooks: deskOf(),
  };
  const screen = (change: Partial<ScreenRequest> = {}, other: Partial<ScreeningDeps> = {}) => {
    const origin = { actor: "test", requestId: "r" };
    const request = { programme: "cataract", image, subject: {}, remainingMs: 5000, origin, mayWait: true };
    return screenCase({ ...deps, ...other }, { ...request, ...change }, new AbortController().signal);
  };
  const sum = async (name: string, result?: string) => {
    const metric = await metrics.registry.getSingleMetric(name)?.get();
    const values = metric?.values.filter(({ labels }) => result === undefined || labels["result"] === result) ?? [];
    return values.reduce((total, { value }) => total + value, 0);
  };
  return { deps, predictor, state, kept, screen, sum, metrics };
}

/** A provisional case with its ticket as a worker leases it. */
async function provisional(change: Partial<LeasedSecondLook> = {}) {
  const made = room();
  made.state.refusal = new Problem("pack-not-installed", { detail: "no node holds the pack" });
  const record = await made.screen();
  const ticket = made.kept[0]?.ticket as SecondLookTicket;
  const { release, outOfDomain } = ticket;
  const held: LeasedSecondLook = { caseId: record.id, attempt: 1, record, release, outOfDomain, age: 0, ...change };
  made.state.refusal = undefined;
  return { ...made, record, held };
}

function store(change: Partial<SecondLookStore> = {}) {
  const settled: CaseRecord[] = [];
  /** What the drift monitor is told of each. */
  const told: (boolean | undefined)[] = [];
  const released: number[] = [];
  const made: SecondLookStore = {
    leaseSecondLooks: async () => [],
    releaseSecondLook: async (_lease, afterMs) => void released.push(afterMs),
    settleSecondLook: async (record, _origin, _lease, finePositive) => {
      told.push(finePositive);
      return settled.push(record) > 0;
    },
    countPending: async () => 0,
    ...change,
  };
  return { store: made, settled, released, told };
}

function settling(made: Pick<ReturnType<typeof room>, "deps">, change: Partial<SettleDeps> = {}) {
  const kept = store();
  const releases = new KnownReleases(made.deps.programmes);
  releases.names();
  const deps: SettleDeps = { ...made.deps, store: kept.store, releases, log: createLog("silent", "test"), ...change };
  return {
    ...kept,
    run: (held: LeasedSecondLook) => settle(deps, held, new AbortController().signal),
  };
}

describe("a case whose second look cannot be had", () => {
  it.each([
    ["queue-full", "unavailable"],
    ["engine-not-ready", "unavailable"],
    ["engine-lost", "unavailable"],
    ["pack-not-installed", "unavailable"],
    ["draining", "unavailable"],
    ["deadline-unmeetable", "no-time"],
    ["deadline-exceeded", "no-time"],
  ] as const)("is provisional with a ticket: %s", async (code, cause) => {
    const { screen, state, kept } = room();
    state.refusal = new Problem(code);
    const record = await screen();
    expect(record).toMatchObject({ status: "provisional", secondLook: { cause, gainFrom: "band" } });
    expect(record.decision).toMatchObject({ outcome: "person", reason: "second-look-pending", stage: "fast" });
    expect(record.readings.map(({ reader }) => reader)).toEqual(["fast"]);
    expect(record.secondLook?.settledAt).toBeUndefined();
    const release = [cataract.fast, cataract.fine, cataract.band].map(({ digest }) => digest).join("+");
    const gain = record.secondLook?.gain;
    expect(kept).toEqual([{ record, ticket: { release, gain, outOfDomain: false, waitMsMax: 60_000 } }]);
    expect(Date.parse(record.secondLook?.dueAt ?? "") - Date.parse(record.createdAt)).toBe(60_000);
  });

  it("never names the harmless label, though the first reader leans to it", async () => {
    const { screen, state, predictor } = room();
    predictor.answer = async (task) => {
      if (isFine(task)) throw state.refusal;
      return resultOf(task, { fast: -0.3, fine: -9 });
    };
    state.refusal = new Problem("engine-not-ready");
    const { decision } = await screen();
    expect(decision.probabilities["normal"]).toBeGreaterThan(0.5);
    expect(decision).toMatchObject({ outcome: "person", label: "cataract" });
    expect(decision.probability).toBe(decision.probabilities["cataract"]);
  });

  it("leaves the others alone: what is clear is decided without the fine reader", async () => {
    const { screen, state, predictor } = room();
    state.refusal = new Problem("engine-not-ready");
    predictor.answer = async (task) => resultOf(task, { fast: -3, fine: 0 });
    expect(await screen()).toMatchObject({ status: "decided", decision: { outcome: "negative", stage: "fast" } });
  });

  it.each([["input-quarantined"], ["inference-failed"], ["client-closed-request"]] as const)(
    "is refused when that is about the image or the caller: %s",
    async (code) => {
      const { screen, state, kept } = room();
      state.refusal = new Problem(code);
      await expect(screen()).rejects.toMatchObject({ code });
      expect(kept).toEqual([]);
    },
  );

  it("is asked for once more when the reader says that it comes back and there is time", async () => {
    const { screen, predictor } = room();
    let asked = 0;
    predictor.answer = async (task) => {
      if (isFine(task) && asked++ === 0) throw new Problem("queue-full", { retryAfterS: 0.05 });
      return resultOf(task, scores);
    };
    expect((await screen()).status).toBe("decided");
    asked = 0;
    expect((await screen({ remainingMs: 400 })).status).toBe("provisional");
    expect(asked).toBe(1);
    asked = 0;
    const closed = { secondLooks: deskOf(0, { isClosed: () => true }) };
    expect((await screen({}, closed)).status).toBe("provisional");
    expect(asked).toBe(1);
  });

  it.each([
    ["off", {}, { secondLooks: undefined }],
    ["full", {}, { secondLooks: deskOf(0, { isFull: () => true }) }],
    ["of no use to the caller", { mayWait: false }, {}],
  ])("is refused where waiting is %s, as something that may be tried again", async (_, request, other) => {
    const { screen, state, kept } = room();
    for (const code of ["queue-full", "engine-not-ready"] as const) {
      state.refusal = new Problem(code, { retryAfterS: 3 });
      await expect(screen(request, other)).rejects.toMatchObject({ code, retryAfterS: 3 });
    }
    state.refusal = new Problem("pack-not-installed");
    await expect(screen(request, other)).rejects.toMatchObject({ code: "engine-not-ready" });
    expect(kept).toEqual([]);
  });

  it("is refused for callers that ask for the fine reader by name", async () => {
    const { screen, predictor } = room();
    predictor.answer = async () => {
      throw new Problem("queue-full");
    };
    for (const strategy of ["fine", "mean", "fast"] as const)
      await expect(screen({ strategy })).rejects.toMatchObject({ code: "queue-full" });
  });

  it("is nobody's when its ticket cannot be written", async () => {
    const { screen, state, deps } = room();
    state.refusal = new Problem("queue-full");
    const recordCase = async (): Promise<CaseRecord> => {
      throw new Problem("store-unavailable");
    };
    await expect(screen({}, { cases: { ...deps.cases, recordCase } })).rejects.toMatchObject({
      code: "store-unavailable",
    });
  });
});

describe("the price of a second look", () => {
  it("makes those wait that are worth less, and asks nobody for them", async () => {
    const { screen, predictor } = room();
    const gain = 0.4;
    expect((await screen({}, { secondLooks: deskOf(gain) })).status).toBe("decided");
    predictor.tasks.length = 0;
    const record = await screen({}, { secondLooks: deskOf(0.6) });
    expect(record).toMatchObject({ status: "provisional", secondLook: { cause: "load" } });
    expect(predictor.tasks.filter(isFine)).toEqual([]);
  });

  it("is asked for by load only", async () => {
    const { screen } = room();
    expect((await screen({}, { secondLooks: deskOf(9, { byLoad: false }) })).status).toBe("decided");
  });
});

describe("a second look that is done later", () => {
  it("decides what would have been decided at once, to the last digit", async () => {
    const { record, held, screen, deps, sum } = await provisional();
    const { run, settled } = settling({ deps });
    // As it comes back from the database.
    expect(await run(JSON.parse(JSON.stringify(held)) as LeasedSecondLook)).toBe("read");
    const undisturbed = await screen();
    const [final] = settled as [CaseRecord];
    expect(final.decision).toEqual(undisturbed.decision);
    expect(final.readings.map(({ probabilities }) => probabilities)).toEqual(
      undisturbed.readings.map(({ probabilities }) => probabilities),
    );
    expect(final).toMatchObject({ id: record.id, status: "decided", createdAt: record.createdAt });
    expect(final.secondLook).toEqual({ ...record.secondLook, settledAt: expect.any(String) });
    // Of two band cases one was done at once and one later; each decision is counted once.
    expect(await sum("screen_band_cases_total")).toBe(2);
    const results = ["now", "pending", "later", "person"];
    expect(await Promise.all(results.map((each) => sum("screen_second_looks_total", each)))).toEqual([1, 1, 1, 0]);
    expect(await sum("screen_decisions_total")).toBe(2);
  });

  it("leaves to a person what is not of the trained kind, whatever both readers say", async () => {
    const { held, deps } = await provisional({ outOfDomain: true });
    const { run, settled } = settling({ deps });
    await run(held);
    expect(settled[0]?.decision).toMatchObject({ outcome: "person", reason: "out-of-domain", stage: "fine" });
  });

  it("says which side the fine reader is on, and nothing where it never read", async () => {
    const { held, deps, predictor } = await provisional();
    const { run, told } = settling({ deps });
    await run(held);
    predictor.answer = async (task) => resultOf(task, { fast: 0.1, fine: -0.1 });
    await run(held);
    await run({ ...held, age: 2 });
    expect(told).toEqual([true, false, undefined]);
  });

  it("leaves an ungradable picture to a person", async () => {
    const { held, deps } = await provisional();
    const { run, settled } = settling({ deps });
    const decision = { ...held.record.decision, gradability: "ungradable" as const };
    await run({ ...held, record: { ...held.record, decision } });
    expect(settled[0]?.decision).toMatchObject({ outcome: "person", reason: "ungradable" });
  });

  it("is given to a person when it is overdue, without a reading", async () => {
    const { record, held, deps, predictor, sum } = await provisional({ age: 1.01 });
    predictor.tasks.length = 0;
    const { run, settled } = settling({ deps });
    expect(await run(held)).toBe("settled");
    expect(predictor.tasks).toEqual([]);
    expect(settled[0]).toMatchObject({ status: "decided", readings: record.readings });
    expect(settled[0]?.decision).toMatchObject({ outcome: "person", reason: "second-look-overdue", label: "cataract" });
    expect(await sum("screen_second_looks_total", "person")).toBe(1);
  });

  it("is given to a person when nobody knows its release any more", async () => {
    const { held, deps } = await provisional({ release: "of another time" });
    const { run, settled } = settling({ deps });
    await run(held);
    expect(settled[0]?.decision).toMatchObject({ outcome: "person", reason: "second-look-release-gone" });
  });

  it("is done by the release that took it, as long as an engine holds that", async () => {
    const { held, state, deps } = await provisional();
    const programmes = new Map<string, Programme>([["cataract", cataract]]);
    const releases = new KnownReleases({ programmes });
    releases.names();
    programmes.set("cataract", { ...cataract, fine: { ...cataract.fine, digest: "9".repeat(64) } });
    expect(releases.names()).toHaveLength(2);
    const { run, settled } = settling({ deps }, { releases });
    await run(held);
    expect(settled[0]?.readings[1]?.digest).toBe(cataract.fine.digest);
    state.refusal = new Problem("pack-not-installed");
    await run(held);
    expect(settled[1]?.decision.reason).toBe("second-look-release-gone");
  });

  it.each(["queue-full", "engine-not-ready", "engine-lost", "pack-not-installed", "draining"] as const)(
    "waits on when the fine reader cannot be had: %s",
    async (code) => {
      const { held, state, deps } = await provisional();
      state.refusal = new Problem(code);
      const { run, settled, released } = settling({ deps });
      expect(await run(held)).toBe("closed");
      expect([settled, released]).toEqual([[], [0]]);
    },
  );

  it.each([
    ["inference-failed" as ProblemCode, "settled"],
    ["input-quarantined" as ProblemCode, "settled"],
  ])("is given to a person when the image cannot be read: %s", async (code, settlement) => {
    const { held, state, deps } = await provisional();
    state.refusal = new Problem(code);
    const { run, settled } = settling({ deps });
    expect(await run(held)).toBe(settlement);
    expect(settled[0]?.decision).toMatchObject({ outcome: "person", reason: "second-look-failed" });
  });

  it("is given to a person when the image is gone", async () => {
    const { held, deps } = await provisional();
    const { run, settled } = settling({
      deps: { ...deps, objects: { ...deps.objects, getObject: async () => undefined } },
    });
    await run(held);
    expect(settled[0]?.decision.reason).toBe("second-look-failed");
  });

  it("is tried again later, and less and less often, after a defect", async () => {
    const { held, deps, predictor } = await provisional();
    predictor.answer = async () => {
      throw new TypeError("a defect");
    };
    const { run, released } = settling({ deps });
    for (const attempt of [1, 2, 3, 20]) expect(await run({ ...held, attempt })).toBe("again");
    expect(released).toEqual([1000, 2000, 4000, 60_000]);
  });

  it("counts nothing that somebody else has settled", async () => {
    const { held, deps, sum } = await provisional();
    const lost = store({ settleSecondLook: async () => false });
    await settling({ deps }, { store: lost.store }).run(held);
    expect(await sum("screen_second_looks_total", "later")).toBe(0);
  });
});

describe("the worker of second looks", () => {
  it("tries a closed reader with one ticket, and gives the rest up to a person only when they are overdue", async () => {
    const { deps, held, state } = await provisional();
    const asks: { limit: number; readable: number }[] = [];
    const time = { ms: 0 };
    const leased = store({
      countPending: async () => 3,
      leaseSecondLooks: async ({ limit, readable }) => {
        asks.push({ limit, readable: readable.length });
        if (asks.length > 1) time.ms += 1500;
        // None beside the first one: whether that is back before the next round would be a matter of luck.
        return asks.length !== 2 && (asks.length === 1 || readable.length > 0) ? [held] : [];
      },
    });
    state.refusal = new Problem("engine-not-ready");
    const clock = { ...systemClock, now: () => time.ms };
    const lane = new FineLane(clock, () => 1);
    const shared = { ...deps, clock, lane, store: leased.store, log: createLog("silent", "test") };
    const looks = new SecondLooks({ ...shared, width: () => 4, waitMsMax: 60_000, byLoad: false });
    // Not before it has counted.
    expect(looks.isIdle()).toBe(false);
    looks.start();
    await expect.poll(() => asks.filter(({ readable }) => readable > 0).length, { timeout: 15_000 }).toBeGreaterThan(3);
    await looks.stop();
    expect(asks[0]).toEqual({ limit: 4, readable: 1 });
    const closed = asks.slice(asks.findIndex(({ readable }) => readable === 0));
    for (const { limit, readable } of closed)
      if (readable > 0) expect(limit).toBe(1);
      else expect(limit).toBeGreaterThanOrEqual(3);
    expect(closed.some(({ readable }) => readable > 0)).toBe(true);
    expect(asks.filter(({ readable }) => readable === 0).length).toBeGreaterThan(1);
    expect(leased.settled).toEqual([]);
    expect(looks.retryAfterS()).toBeGreaterThanOrEqual(1);
    expect(looks.retryAfterS()).toBeLessThanOrEqual(60);
    expect([looks.isFull(), looks.isIdle()]).toEqual([false, false]);
  });

  it("gives back what is on its way when it must end", async () => {
    const { deps, held, predictor } = await provisional();
    predictor.answer = (_task, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(new Problem("client-closed-request")));
      });
    let leases = 0;
    const kept = store({ leaseSecondLooks: async () => (leases++ === 0 ? [held] : []) });
    const lane = new FineLane(systemClock, () => 1);
    const shared = { ...deps, lane, store: kept.store, log: createLog("silent", "test") };
    const looks = new SecondLooks({ ...shared, width: () => 1, waitMsMax: 60_000, byLoad: false });
    looks.start();
    await expect.poll(() => predictor.tasks.filter(isFine).length, { timeout: 10_000 }).toBeGreaterThan(1);
    expect(looks.isIdle()).toBe(true);
    await looks.stop();
    expect([kept.settled, kept.released]).toEqual([[], [0]]);
  });
});
