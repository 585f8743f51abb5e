import type { CaseRecord, Reading } from "../contracts/index.ts";
import type { Screened } from "./screen-upload.ts";
import type { GatewayContext } from "./serving.ts";

/** As much of a digest as a person compares. */
const digestLength = 12;

export const modelName = ({ pack, digest }: Reading): string => `${pack}@${digest.slice(0, digestLength)}`;

/** What every answer about a case says about itself, whichever door it leaves by. */
export function setCaseHeaders(c: GatewayContext, { record, retryAfterS, ...times }: Screened): void {
  if (retryAfterS !== undefined) c.header("Retry-After", String(retryAfterS));
  c.header("X-Programme", record.programme);
  c.header("X-Model", record.readings.map(modelName).join(", "));
  c.header("Server-Timing", serverTiming(record, times));
}

/** Milliseconds by stage; readers that shared one pass waited and decoded once. */
export function serverTiming(record: CaseRecord, times: Omit<Screened, "record" | "retryAfterS">): string {
  const { readings, decision } = record;
  const passes = decision.strategy === "cascade" ? readings : readings.slice(0, 1);
  const sum = (pick: (timings: Reading["timings"]) => number) =>
    passes.reduce((total, { timings }) => total + pick(timings), 0);
  const stages: [string, number][] = [
    ["intake", times.intakeMs],
    ["queue", sum((timings) => timings.queueMs)],
    ["decode", sum((timings) => timings.decodeMs)],
    ...readings.map(({ reader, timings }): [string, number] => [reader, timings.computeMs]),
    ["store", times.storeMs],
    ["total", times.totalMs],
  ];
  return stages.map(([stage, ms]) => `${stage};dur=${ms.toFixed(2)}`).join(", ");
}
