import { describe, expect, it } from "vitest";
import { Random } from "../../contracts/random.ts";
import { DetectorGroup } from "./detector-group.ts";
import { GroupVotes } from "./group-votes.ts";
import { knownRateNull } from "./reference.ts";

const plan = { id: "test", threshold: 2000, streams: { one: knownRateNull(0.05), other: knownRateNull(0.05) } };

describe("a group of detectors", () => {
  it("keeps one promise for all its streams", () => {
    // Three streams under one threshold of 500: at most 10 % alarm within 50 cases.
    const streams = { a: knownRateNull(0.1), b: knownRateNull(0.1), c: knownRateNull(0.1) };
    let alarmed = 0;
    for (let seed = 0; seed < 300; seed++) {
      const random = new Random(seed, 5);
      const group = new DetectorGroup({ id: "quiet", threshold: 500, streams });
      const event = (): number => Number(random.chance(0.1));
      for (let i = 0; i < 50; i++) group.update({ a: event(), b: event(), c: event() });
      if (group.alarm !== undefined) alarmed++;
    }
    expect(alarmed).toBeLessThanOrEqual(46);
  });

  it("names the stream that changed and where, alarms once, and starts anew", () => {
    const group = new DetectorGroup(plan);
    const random = new Random(9);
    const alarms = [];
    for (let i = 0; i < 900; i++) {
      const alarm = group.update({
        one: Number(random.chance(0.05)),
        other: Number(random.chance(i < 300 ? 0.05 : 0.4)),
      });
      if (alarm !== undefined) alarms.push(alarm);
    }
    expect(alarms).toHaveLength(1);
    expect(alarms[0]).toMatchObject({ group: "test", stream: "other" });
    expect(Math.abs((alarms[0]?.changeAtCase ?? 0) - 300)).toBeLessThan(30);
    expect(group.alarm).toEqual(alarms[0]);
    group.restart();
    expect(group.alarm).toBeUndefined();
    expect(group.value).toBe(0);
  });

  it("takes all of a case or nothing of it", () => {
    const group = new DetectorGroup(plan);
    expect(() => group.update({ one: 1, other: 7 })).toThrow("other");
    expect(group.value).toBe(0);
  });

  it("lets named streams without evidence pass and leaves others alone", () => {
    const group = new DetectorGroup(plan);
    group.update({ one: undefined });
    expect(group.streams.map(({ value }) => value)).toEqual([1, 0]);
  });

  it("restores with its alarm, and refuses the state of other streams", () => {
    const group = new DetectorGroup(plan);
    for (let i = 0; i < 20; i++) group.update({ one: 1, other: 0 });
    const state = JSON.parse(JSON.stringify(group.save()));
    const restored = new DetectorGroup(plan, state);
    expect(restored.alarm).toEqual(group.alarm);
    expect(restored.alarm).toBeDefined();
    expect(restored.value).toBe(group.value);
    expect(() => new DetectorGroup({ ...plan, streams: { one: plan.streams.one } }, state)).toThrow(RangeError);
    expect(() => new DetectorGroup({ ...plan, threshold: 0 })).toThrow(RangeError);
  });
});

describe("votes", () => {
  it("of one group count once a window, ten images or one", () => {
    const votes = new GroupVotes(10);
    const voted = (group: string): boolean => {
      const admitted = votes.admits(group);
      votes.count(group);
      return admitted;
    };
    expect(Array.from({ length: 10 }, () => voted("patient"))).toEqual([true, ...Array(9).fill(false)]);
    expect(voted("patient")).toBe(true);
    expect(voted("other")).toBe(true);
  });

  it("remember digests and not names, and no more than the window", () => {
    const votes = new GroupVotes(100);
    for (let i = 0; i < 1000; i++) votes.count(`Jane Doe ${i}`);
    const state = JSON.stringify(votes.save());
    expect(state).not.toContain("Jane");
    expect(votes.save().voted).toHaveLength(100);
    const restored = new GroupVotes(100, JSON.parse(state));
    expect(restored.admits("Jane Doe 999")).toBe(false);
    expect(restored.admits("Jane Doe 5")).toBe(true);
    expect(() => new GroupVotes(1001)).toThrow(RangeError);
  });
});
