import { beforeEach, describe, expect, it } from "vitest";
import {
  badWeather,
  gatePairs,
  quickRules,
  readEvent,
  settledEvent,
  type Weather,
  watchedOf,
} from "../../../test/support/drift-world.ts";
import { driftStateBytesMax } from "../../contracts/index.ts";
import { type Advanced, advance } from "./advance.ts";
import { dueActions, servedOf } from "./due.ts";
import type { ActionOutcome, Fact } from "./facts.ts";
import type { LoopState, Watched } from "./state.ts";

const day = (n: number): string => new Date(Date.parse("2026-02-01T00:00:00.000Z") + n * 86_400_000).toISOString();
const calm: Weather = { error: 0.02, disagreement: 0.005, shift: 0, changeAt: 0 };
const enough = { kind: "labels", total: 400, ofRegion: 60, ofShown: 0 } as const;

/** A loop with all that it wrote. */
class Run {
  readonly watched: Watched;
  state: LoopState;
  readonly steps: Advanced[] = [];
  at = 0;

  constructor(watched = watchedOf("first")) {
    this.watched = watched;
    this.state = advance(watched, quickRules, undefined, { kind: "time" }, day(0)).state;
  }

  take(fact: Fact): this {
    const advanced = advance(this.watched, quickRules, this.state, fact, day(this.at));
    this.steps.push(advanced);
    this.state = JSON.parse(JSON.stringify(advanced.state));
    return this;
  }

  read(from: number, to: number, weather: Weather): this {
    return this.take({ kind: "read", cases: numbers(from, to).map((seq) => readEvent(seq, weather)) });
  }

  settle(from: number, to: number, weather: Weather): this {
    return this.take({ kind: "settled", cases: numbers(from, to).map((seq) => settledEvent(seq, weather)) });
  }

  /** A harm alarm from people's labels. */
  harmed(): this {
    return this.read(1, 400, calm).settle(1, 1000, badWeather);
  }

  get moves(): string[] {
    return this.steps.flatMap(({ events }) => events.map(({ from, to }) => `${from} ${to}`));
  }

  get served() {
    return servedOf("cataract", this.state);
  }
}
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

let run: Run;
beforeEach(() => {
  run = new Run();
});

describe("a look alarm", () => {
  const strange: Weather = { ...calm, shift: 9 };
  beforeEach(() => run.read(1, 200, calm).read(201, 400, strange));

  it("asks for more audits and shows the most telling cases, and for nothing else", () => {
    expect(run.moves).toEqual(["null open"]);
    expect(run.state.look).toMatchObject({ kind: "look", streams: ["share-positive"] });
    expect(run.state.look?.cases).toHaveLength(50);
    expect(run.served).toEqual({ programme: "cataract", auditFactor: 5 });
    run.take(enough);
    expect(dueActions(run.state)).toEqual([]);
    expect(run.state.retrain.queued).toBeNull();
  });

  it("ends after 2000 cases, and is raised again by what is still there", () => {
    run.read(401, 2000, calm);
    expect(run.state.look).not.toBeNull();
    run.read(2001, 2400, calm);
    expect(run.moves).toEqual(["null open", "open closed"]);
    expect(run.served.auditFactor).toBe(1);
    run.read(2401, 2800, strange);
    expect(run.moves.slice(2)).toEqual(["null open"]);
  });
});

describe("a suspicion of harm", () => {
  // The readers contradict each other where nobody has labelled anything yet.
  const contradicting: Weather = { ...calm, disagreement: 0.6 };
  beforeEach(() => run.read(1, 300, calm).read(301, 800, contradicting));

  it("makes the band safer at once and asks for labels; without them it never trains", () => {
    expect(run.moves).toEqual(["null open", "open labelling"]);
    expect(run.state.harm).toMatchObject({ confirmed: false, stream: "disagreement-negative" });
    expect(run.served.band).toMatchObject({ step: 0 });
    run.take(enough).take(enough);
    expect(dueActions(run.state)).toEqual([]);
    expect(run.state.harm?.incident.waitingFor).toEqual(["labels that confirm the suspicion"]);
  });

  it("becomes harm when people's labels say so, and then trains", () => {
    run.settle(1, 1000, badWeather).take(enough);
    expect(run.state.harm).toMatchObject({ confirmed: true, incident: { state: "training" } });
  });

  it("shows the contradictions first, and more of the region as labels come", () => {
    const { harm } = run.state;
    const shown = harm?.incident.cases ?? [];
    expect(shown).toHaveLength(50);
    const weatherOf = (seq: number): Weather => (seq <= 300 ? calm : contradicting);
    const contradicts = shown
      .map((id) => Number(id.slice(5)))
      .map((seq) => readEvent(seq, weatherOf(seq)).finePositive === true);
    expect(contradicts[0]).toBe(true);
    expect(contradicts).toEqual([...contradicts].sort((one, other) => Number(other) - Number(one)));
    run.take({ kind: "labels", total: 60, ofRegion: 50, ofShown: 50 });
    expect(run.state.harm?.incident.cases.some((id) => shown.includes(id))).toBe(false);
  });
});

describe("a harm alarm", () => {
  it.each([
    [0, 0],
    [1, 0],
    [43, 21],
  ])("makes a band of %d certified steps one of %d", (steps, step) => {
    run = new Run(watchedOf("first", steps)).harmed();
    expect(run.served.band?.step).toBe(step);
  });

  it("waits for labels, and trains once, however often it is asked", () => {
    run.harmed().take({ kind: "labels", total: 199, ofRegion: 49, ofShown: 0 });
    expect(run.state.harm?.incident.waitingFor).toEqual(["1 more labels", "1 more labels from the alarmed region"]);
    run.take(enough);
    const [due] = dueActions(run.state);
    expect(due?.id).toBe(`${run.state.harm?.incident.id}/train`);
    run.settle(1001, 3000, badWeather).take(enough).take(enough);
    expect(run.moves.filter((move) => move === "labelling training")).toHaveLength(1);
    expect(dueActions(run.state)).toEqual([due]);
  });

  it("does not train on the day of the last start", () => {
    run.harmed().take(enough);
    const action = `${run.state.harm?.incident.id}/train`;
    run.take({ kind: "not-trained", action, why: "no data" });
    run.settle(1001, 3000, badWeather).take(enough);
    expect(run.state.harm?.incident).toMatchObject({
      state: "labelling",
      waitingFor: ["the day after the last start"],
    });
    run.at = 1;
    run.take(enough);
    expect(run.state.harm?.incident.state).toBe("training");
  });

  it("keeps the safer band after a candidate was rejected, and makes it safer still with the next alarm", () => {
    run = new Run(watchedOf("first", 40)).harmed().take(enough);
    run.take({ kind: "not-trained", action: `${run.state.harm?.incident.id}/train`, why: "no data" });
    expect(run.served.band?.step).toBe(20);
    run.settle(1001, 3000, badWeather);
    expect(run.served.band?.step).toBe(10);
  });

  it("takes an outcome that is not due for what it is", () => {
    run.harmed().take(enough);
    const before = JSON.stringify(run.state);
    run.take({ kind: "done", action: "another/activate" });
    run.take({ kind: "done", action: `${run.state.harm?.incident.id}/retire` });
    expect(JSON.stringify(run.state)).toBe(before);
  });

  it("ends, with its candidate, when somebody else makes another release serve", () => {
    run.harmed().take(enough);
    const id = run.state.harm?.incident.id ?? "";
    run.take({ kind: "trained", action: `${id}/train`, candidate: "second", evidence: {} });
    const { state, events } = advance(watchedOf("third"), quickRules, run.state, { kind: "time" }, day(0));
    expect(events.map(({ to }) => to)).toEqual(["rejected"]);
    expect(dueActions(state)).toMatchObject([{ kind: "retire", candidate: "second" }]);
    expect(servedOf("cataract", state)).toEqual({ programme: "cataract", auditFactor: 1 });
  });
});

describe("a shadow", () => {
  it("through which nothing has passed fails when its time is over", () => {
    run.harmed().take(enough);
    const id = run.state.harm?.incident.id ?? "";
    run.take({ kind: "trained", action: `${id}/train`, candidate: "second", evidence: {} });
    const pairs: ActionOutcome = {
      kind: "compared",
      faults: [],
      pairs: gatePairs(),
      selection: "random-audit",
      holdout: "h",
    };
    run.take({ ...pairs, action: `${id}/compare` }).take({ kind: "done", action: `${id}/shadow` });
    expect(run.state.harm?.incident.state).toBe("shadow");
    expect(run.served.candidate).toEqual({ release: "second", percent: 0, incident: id });
    run.at = quickRules.shadowDaysMax;
    run.take({ kind: "time" });
    expect(run.moves.at(-1)).toBe("shadow rejected");
    expect(run.steps.at(-1)?.events[0]?.why).toBe("no case was mirrored");
    expect(dueActions(run.state)).toMatchObject([{ kind: "retire", candidate: "second" }]);
  });
});

describe("the state", () => {
  it("stays within its bound however much was seen", () => {
    run.harmed().read(401, 3000, calm);
    expect(JSON.stringify(run.state).length).toBeLessThan(driftStateBytesMax / 2);
  });

  it("is not changed by the same cases again", () => {
    run.harmed();
    const before = JSON.stringify(run.state);
    run.settle(1, 1000, badWeather).read(1, 400, calm);
    expect(JSON.stringify(run.state)).toBe(before);
  });

  it("does not stop at a case that no reader can have given", () => {
    const broken = { ...readEvent(1, calm), fastLogOdds: Number.NaN };
    run.take({ kind: "read", cases: [broken, readEvent(2, calm)] });
    expect(run.state).toMatchObject({ unusable: 1, readCases: 1, cursors: { read: 2 } });
  });

  it("passes over cases of another release", () => {
    run.take({ kind: "read", cases: [readEvent(1, calm, "second")] });
    expect(run.state).toMatchObject({ readCases: 0, cursors: { read: 1 } });
  });
});
