import { randomFillSync } from "node:crypto";
import type { TraceContext } from "../contracts/index.ts";

// W3C Trace Context, level 1: https://www.w3.org/TR/trace-context-1/

/** Of version 00; a later one may be longer, with a dash before what it adds. */
const lengthOf00 = 55;
const parent = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/;
const zeros = /^0+$/;
const stateMembersMax = 32;
/** As much as everybody must pass on at least; what is longer loses members. */
const stateCharsMax = 512;
/** Members above this go first. */
const memberCharsLong = 128;
const member =
  /^([a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/**
 * Reads the headers of whoever asks. A `traceparent` that breaks the rules counts for nothing, and `tracestate` with it.
 * @returns undefined when there is none to go on with
 */
export function readTraceContext(
  traceparent: string | undefined,
  tracestate: string | undefined,
): TraceContext | undefined {
  const found = traceparent === undefined ? null : parent.exec(traceparent);
  if (found === null || traceparent === undefined) return undefined;
  const [, version, traceId, spanId, flags] = found as unknown as [string, string, string, string, string];
  if (version === "ff" || zeros.test(traceId) || zeros.test(spanId)) return undefined;
  if (version === "00" && traceparent.length !== lengthOf00) return undefined;
  if (traceparent.length > lengthOf00 && traceparent[lengthOf00] !== "-") return undefined;
  const state = tracestate === undefined ? undefined : readState(tracestate);
  const sampled = (Number.parseInt(flags, 16) & 1) === 1;
  return { traceId, spanId, sampled, ...(state !== undefined && { state }) };
}

/** @returns undefined when it breaks the rules: then none of it is passed on */
function readState(text: string): string | undefined {
  const members = text
    .split(",")
    .map((each) => each.replace(/^[ \t]+|[ \t]+$/g, ""))
    .filter((each) => each !== "");
  const keys = new Set(members.map((each) => each.slice(0, each.indexOf("="))));
  if (members.length === 0 || members.length > stateMembersMax || keys.size < members.length) return undefined;
  if (!members.every((each) => member.test(each))) return undefined;
  return shorten(members);
}

/** Whole members only: long ones first, then from the end, where the oldest are. */
function shorten(members: string[]): string | undefined {
  const kept = members.join(",").length > stateCharsMax ? members.filter((each) => !isLong(each)) : members;
  while (kept.join(",").length > stateCharsMax) kept.pop();
  return kept.length === 0 ? undefined : kept.join(",");
}

const isLong = (each: string): boolean => each.length > memberCharsLong;

export const traceparentOf = ({ traceId, spanId, sampled }: TraceContext): string =>
  `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;

/** Of a trace's id and a span's. */
const idBytes = 24;
/** Asking for random bytes costs more than using them: every request needs some. */
const random = Buffer.alloc(128 * idBytes);
let used = random.length;

/** A trace that nobody collects: its id is what log lines have in common. */
export function newTrace(): TraceContext {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  const hex = random.toString("hex", used, used + idBytes);
  used += idBytes;
  return { traceId: hex.slice(0, 32), spanId: hex.slice(32), sampled: false };
}
