// What the rows share: reading numbers out of runs, and saying what a goal is.

/** The middle value; an infinite one is a miss. */
export const median = (values) => quantileOf(values, 0.5);

export function quantileOf(values, q) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted.length === 0 ? Number.NaN : sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

export const mean = (values) => values.reduce((sum, each) => sum + each, 0) / values.length;

/** A goal of section 3 of the decision design: a value and the limit it is held against. */
export const atMost = (what, value, limit) => ({ what, value, sign: "<=", limit, met: value <= limit });
export const atLeast = (what, value, limit) => ({ what, value, sign: ">=", limit, met: value >= limit });

/**
 * First case at which `alarmed` says so, from 1; Infinity when none of `casesMax` did.
 * @param stream endless
 */
export function firstAlarm(stream, alarmed, casesMax) {
  let cases = 0;
  for (const one of stream) {
    cases++;
    if (alarmed(one)) return cases;
    if (cases === casesMax) return Infinity;
  }
  throw new Error("the stream ended");
}

/**
 * What first alarms say about a detector: those before the change are false, those never are misses. Delays are of the
 * alarms after the change; misses count as infinite.
 */
export function judged(alarms, changeAt) {
  const early = alarms.filter((at) => at <= changeAt).length;
  const delays = alarms.filter((at) => at > changeAt).map((at) => at - changeAt);
  const missed = delays.filter((delay) => delay === Infinity).length;
  const found = delays.length - missed;
  const precision = found + early === 0 ? 0 : found / (found + early);
  const recall = found / alarms.length;
  const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { median: median(delays), early: early / alarms.length, missed: missed / alarms.length, f1 };
}

export const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;
export const cases = (count) => (Number.isNaN(count) ? "-" : count === Infinity ? "never" : count.toFixed(0));
