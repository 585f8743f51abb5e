import { setTimeout as wait } from "node:timers/promises";

/** How often the database is asked what became of a batch. */
export const lookMs = 1000;

/** @returns false when the client has gone meanwhile */
export async function pause(signal: AbortSignal): Promise<boolean> {
  await wait(lookMs, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
