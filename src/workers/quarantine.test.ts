import { describe, expect, it } from "vitest";
import type { InputNews, InputWord } from "../contracts/index.ts";
import { type NotHere, Quarantine } from "./quarantine.ts";

describe("one engine", () => {
  it("suspects everyone who was there, and condemns nobody for being there once", () => {
    const quarantine = new Quarantine();
    quarantine.blame(["a", "b"]);
    expect(quarantine.isSuspect("a") && quarantine.isSuspect("b")).toBe(true);
    expect(quarantine.isQuarantined("a")).toBe(false);
  });

  it("condemns a suspect that was alone when the engine died again", () => {
    const quarantine = new Quarantine();
    quarantine.blame(["a", "b"]);
    quarantine.blame(["a"]);
    expect(quarantine.isQuarantined("a")).toBe(true);
    expect(quarantine.isQuarantined("b")).toBe(false);
  });

  it("does not condemn what was alone by chance and never suspected", () => {
    const quarantine = new Quarantine();
    quarantine.blame(["a"]);
    expect(quarantine.isQuarantined("a")).toBe(false);
    expect(quarantine.isSuspect("a")).toBe(true);
  });

  it("clears a suspect that was read", () => {
    const quarantine = new Quarantine();
    quarantine.blame(["a", "b"]);
    quarantine.clear("a");
    quarantine.blame(["a"]);
    expect(quarantine.isQuarantined("a")).toBe(false);
  });

  it("survives a death in which nothing ran", () => {
    const quarantine = new Quarantine();
    quarantine.blame([]);
    expect(quarantine.isSuspect("")).toBe(false);
  });
});

/** Engines that hear each other when a test says so. */
function engines(...names: readonly string[]) {
  const said: InputWord[] = [];
  const ears: ((word: InputWord) => void)[] = [];
  const notHere: [engine: string, sha256: string, why: NotHere][] = [];
  const news: InputNews = {
    tellInputs: (word) => void said.push(word),
    onInputs: (hear) => {
      ears.push(hear);
      return () => void ears.splice(ears.indexOf(hear), 1);
    },
  };
  const made = names.map(
    (name) => new Quarantine(news, (sha256, why) => void notHere.push([name, sha256, why]), name),
  ) as [Quarantine, Quarantine];
  const deliver = () => {
    for (let word = said.shift(); word !== undefined; word = said.shift()) for (const hear of ears) hear(word);
  };
  return { engines: made, said, notHere, deliver };
}

describe("several engines", () => {
  it("lose two processes in all: the next one reads a suspect alone, and the third knows", () => {
    const {
      engines: [one, two],
      deliver,
    } = engines("one", "two");
    one.blame(["poison", "neighbour"]);
    deliver();
    expect(two.isSuspect("poison") && two.isSuspect("neighbour")).toBe(true);
    two.blame(["poison"]);
    deliver();
    expect(one.isQuarantined("poison") && two.isQuarantined("poison")).toBe(true);
    expect(one.isQuarantined("neighbour") || two.isQuarantined("neighbour")).toBe(false);
  });

  it("read what was a suspect with others again, once one of them has read it", () => {
    const {
      engines: [one, two],
      deliver,
    } = engines("one", "two");
    one.blame(["innocent", "poison"]);
    deliver();
    two.clear("innocent");
    deliver();
    expect(one.isSuspect("innocent") || two.isSuspect("innocent")).toBe(false);
    expect(one.isSuspect("poison") && two.isSuspect("poison")).toBe(true);
  });

  it("know at once when two of them died at the same time and read nothing else", () => {
    const { engines: both, notHere, deliver } = engines("one", "two");
    for (const each of both) each.blame(["poison"]);
    deliver();
    for (const each of both) expect(each.isQuarantined("poison")).toBe(true);
    expect(notHere.map(([engine, , why]) => `${engine} ${why}`)).toContain("one quarantined");
  });

  it("try it at one place only when two of them died at the same time among others", () => {
    const { engines: both, notHere, deliver } = engines("one", "two");
    const [one, two] = both;
    one.blame(["poison", "a"]);
    two.blame(["poison", "b"]);
    deliver();
    expect(notHere).toEqual([["two", "poison", "yielded"]]);
    expect(one.isQuarantined("poison") || two.isQuarantined("poison")).toBe(false);
    one.blame(["poison"]);
    deliver();
    for (const each of both) expect(each.isQuarantined("poison")).toBe(true);
    for (const each of both) expect(each.isQuarantined("a") || each.isQuarantined("b")).toBe(false);
  });

  it("try it at one place only also when one of them heard of it just before it died", () => {
    for (const [first, second] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const { engines: both, notHere, deliver } = engines("one", "two");
      both[first]?.blame(["poison", "a"]);
      deliver();
      both[second]?.blame(["poison", "b"]);
      deliver();
      expect(notHere).toEqual([["two", "poison", "yielded"]]);
    }
  });

  it("do not condemn an image that was there when both were killed from outside, with others in one of them", () => {
    const { engines: both, deliver } = engines("one", "two");
    both[0].blame(["innocent"]);
    both[1].blame(["innocent", "other"]);
    deliver();
    deliver();
    for (const each of both) expect(each.isQuarantined("innocent")).toBe(false);
  });

  it("blame nobody for a death that a known poison explains", () => {
    const {
      engines: [one, two],
      deliver,
    } = engines("one", "two");
    one.blame(["poison"]);
    one.blame(["poison"]);
    deliver();
    // It was being read there when the word came.
    two.blame(["poison", "neighbour"]);
    deliver();
    expect(one.isSuspect("neighbour") || two.isSuspect("neighbour")).toBe(false);
  });

  it("take a suspect from who sends it, where the word was lost", () => {
    const quarantine = new Quarantine();
    quarantine.suspect("poison");
    quarantine.blame(["poison"]);
    expect(quarantine.isQuarantined("poison")).toBe(true);
  });

  it("hear nothing more once they have ended", () => {
    const {
      engines: [one, two],
      deliver,
    } = engines("one", "two");
    two.close();
    one.blame(["a"]);
    deliver();
    expect(two.isSuspect("a")).toBe(false);
  });
});
