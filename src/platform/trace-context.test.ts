import { describe, expect, it } from "vitest";
import { newTrace, readTraceContext, traceparentOf } from "./trace-context.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";
const given = `00-${traceId}-${spanId}-01`;

describe("a traceparent", () => {
  it.each([
    ["of no known form", "hello"],
    ["that is empty", ""],
    ["in capitals", given.toUpperCase()],
    ["with a trace id of zeros", `00-${"0".repeat(32)}-${spanId}-01`],
    ["with a span id of zeros", `00-${traceId}-${"0".repeat(16)}-01`],
    ["of the version that is never given", given.replace(/^00/, "ff")],
    ["of version 00 that says more", `${given}-what-more`],
    ["of version 00 that is one digit longer", `${given}0`],
    ["of a later version without a dash before what it adds", `01${given.slice(2)}more`],
    ["that is short of a digit", given.slice(0, -1)],
    ["with a space before it", ` ${given}`],
    ["that came twice", `${given}, ${given}`],
    ["with a version of three digits", `0${given}`],
    ["with flags that are no digits", `${given.slice(0, -2)}.0`],
  ])("%s counts for nothing, and its tracestate with it", (_, text) => {
    expect(readTraceContext(text, "a=1")).toBeUndefined();
  });

  it("is taken as it is, with the one flag that has a meaning", () => {
    expect(readTraceContext(given, undefined)).toEqual({ traceId, spanId, sampled: true });
    expect(readTraceContext(`00-${traceId}-${spanId}-00`, undefined)?.sampled).toBe(false);
    expect(readTraceContext(`00-${traceId}-${spanId}-fe`, undefined)?.sampled).toBe(false);
    expect(readTraceContext(`00-${traceId}-${spanId}-ff`, undefined)?.sampled).toBe(true);
  });

  it("of a later version is read as far as it is known, and written as version 00", () => {
    const later = readTraceContext(`cc-${traceId}-${spanId}-01-what-the-future-says`, undefined);
    expect(later && traceparentOf(later)).toBe(given);
    expect(readTraceContext(`01${given.slice(2)}`, undefined)).toBeDefined();
  });

  it("absent leaves nothing to go on with", () => expect(readTraceContext(undefined, "a=1")).toBeUndefined());
});

describe("a tracestate", () => {
  const stateOf = (text: string) => readTraceContext(given, text)?.state;

  it.each([
    ["", undefined],
    [" , ,", undefined],
    ["rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"],
    [" a=1 ,\t, b=2\t", "a=1,b=2"],
    ["fw529a3039@dt=FfAB c", "fw529a3039@dt=FfAB c"],
    ["a=1,a=2", undefined],
    ["A=1", undefined],
    ["a", undefined],
    ["a=", undefined],
    ["a=1=2", undefined],
    ["a=é", undefined],
    ["@a=1", undefined],
    ["1a=1", undefined],
    [`${"k".repeat(257)}=1`, undefined],
    [`k=${"v".repeat(257)}`, undefined],
  ])("%j is passed on as %j", (text, kept) => expect(stateOf(text)).toBe(kept));

  it("has 32 members at most", () => {
    const members = Array.from({ length: 33 }, (_, i) => `k${i}=v`);
    expect(stateOf(members.slice(1).join(","))).toBe(members.slice(1).join(","));
    expect(stateOf(members.join(","))).toBeUndefined();
  });

  it("that is too long loses whole members: the long ones, then the oldest", () => {
    const long = `long=${"x".repeat(200)}`;
    const short = Array.from({ length: 10 }, (_, i) => `k${i}=${"x".repeat(47)}`);
    expect(stateOf([long, ...short].join(","))).toBe(short.join(","));
    const many = Array.from({ length: 12 }, (_, i) => `k${i}=${"x".repeat(60)}`);
    expect(stateOf(many.join(","))).toBe(many.slice(0, 8).join(","));
  });

  it("wrong in itself leaves the traceparent in force", () => {
    expect(readTraceContext(given, "A=1")).toEqual({ traceId, spanId, sampled: true });
  });
});

describe("a new trace", () => {
  it("is one that everybody takes, and another each time", () => {
    const made = newTrace();
    expect(readTraceContext(traceparentOf(made), undefined)).toEqual(made);
    expect(newTrace().traceId).not.toBe(made.traceId);
  });
});
