import type { CaseRecord } from "../../../contracts/decision.ts";
import { type Failure, mayRetry, retryDelayMs } from "./retry.ts";

/** Requests this page keeps open at once: enough to keep the readers busy, few enough for others to get a turn. */
export const openMax = 4;
/** Pictures held at once, finished ones included: each holds a file and a row of the page. */
export const heldMax = 500;

export type ItemState =
  | { readonly phase: "waiting" /** On the page's clock, ms. */; readonly notBefore: number; readonly after?: Failure }
  | { readonly phase: "sending" /** Of the bytes, [0, 1]. */; readonly share: number }
  | { readonly phase: "reading" }
  | { readonly phase: "done"; readonly record: CaseRecord; readonly tookMs: number }
  | { readonly phase: "refused"; readonly failure: Failure }
  | { readonly phase: "cancelled" };

export interface NewItem {
  readonly id: number;
  readonly name: string;
  readonly programme: string;
  /** The same for every time it is sent, so that it is read once however often it arrives. */
  readonly idempotencyKey: string;
}

export interface Item extends NewItem {
  readonly sends: number;
  readonly state: ItemState;
}

/** Everything the page knows about its pictures. Never changed: every step makes the next one. */
export interface Queue {
  readonly items: readonly Item[];
  /** False until the server accepts cases, and again when it says that it does not. */
  readonly ready: boolean;
  readonly keyNeeded: boolean;
}

export const emptyQueue: Queue = { items: [], ready: false, keyNeeded: false };

export const isOpen = ({ state }: Item): boolean => state.phase === "sending" || state.phase === "reading";
export const isPending = (item: Item): boolean => item.state.phase === "waiting" || isOpen(item);

/** Adds what fits and says how many did not. */
export function add(queue: Queue, added: readonly NewItem[]): { queue: Queue; turnedAway: number } {
  const room = Math.max(0, heldMax - queue.items.length);
  const taken = added
    .slice(0, room)
    .map((each): Item => ({ ...each, sends: 0, state: { phase: "waiting", notBefore: 0 } }));
  return { queue: { ...queue, items: [...queue.items, ...taken] }, turnedAway: added.length - taken.length };
}

/** Which items to send now, oldest first, so that never more than `openMax` are open. */
export function startable(queue: Queue, now: number): readonly Item[] {
  if (!queue.ready || queue.keyNeeded) return [];
  const slots = openMax - queue.items.filter(isOpen).length;
  return queue.items
    .filter(({ state }) => state.phase === "waiting" && state.notBefore <= now)
    .slice(0, Math.max(0, slots));
}

/** Milliseconds until a waiting item may go that may not go yet; undefined when there is none. */
export function nextWaitMs(queue: Queue, now: number): number | undefined {
  const waits = queue.items.flatMap(({ state }) =>
    state.phase === "waiting" && state.notBefore > now ? [state.notBefore - now] : [],
  );
  return waits.length === 0 ? undefined : Math.min(...waits);
}

export const started = (queue: Queue, id: number): Queue =>
  change(queue, id, (item) => ({ ...item, sends: item.sends + 1, state: { phase: "sending", share: 0 } }));

/** @param share of the bytes, [0, 1]; all of them means that the readers have it */
export const progressed = (queue: Queue, id: number, share: number): Queue =>
  whileOpen(queue, id, (item) => ({ ...item, state: share >= 1 ? { phase: "reading" } : { phase: "sending", share } }));

export const answered = (queue: Queue, id: number, record: CaseRecord, tookMs: number): Queue =>
  whileOpen(queue, id, (item) => ({ ...item, state: { phase: "done", record, tookMs } }));

/** A provisional case was decided since. */
export const completed = (queue: Queue, id: number, record: CaseRecord): Queue =>
  change(queue, id, (item) => (item.state.phase === "done" ? { ...item, state: { ...item.state, record } } : item));

/** Read once, and nothing is decided yet. */
export const isProvisional = ({ state }: Item): boolean =>
  state.phase === "done" && state.record.status === "provisional";

/**
 * The picture was not read this time: it waits for another turn, for the key, or is refused for good.
 * @param random [0, 1)
 */
export function failed(queue: Queue, id: number, failure: Failure, now: number, random: number): Queue {
  if (failure.status === 401) {
    const back = whileOpen(queue, id, (item) => ({
      ...item,
      sends: item.sends - 1,
      state: { phase: "waiting", notBefore: 0, after: failure },
    }));
    return { ...back, keyNeeded: true };
  }
  const next = whileOpen(queue, id, (item) => ({
    ...item,
    state: mayRetry(failure, item.sends)
      ? { phase: "waiting", notBefore: now + retryDelayMs(failure, item.sends, random), after: failure }
      : { phase: "refused", failure },
  }));
  // A server that is not ready says so in one place; asking there is cheaper than sending pictures.
  return failure.status === 503 && failure.retryable !== false ? { ...next, ready: false } : next;
}

/** Refused here, before anything was sent. */
export const refused = (queue: Queue, id: number, failure: Failure): Queue =>
  change(queue, id, (item) => ({ ...item, state: { phase: "refused", failure } }));

export const cancelled = (queue: Queue, id: number): Queue =>
  change(queue, id, (item) => (isPending(item) ? { ...item, state: { phase: "cancelled" } } : item));

export const allCancelled = (queue: Queue): Queue =>
  queue.items.filter(isPending).reduce((q, { id }) => cancelled(q, id), queue);

/** A person asks again for what was refused or cancelled: the count starts anew, the key stays. */
export const askedAgain = (queue: Queue, id: number): Queue =>
  change(queue, id, (item) => ({ ...item, sends: 0, state: { phase: "waiting", notBefore: 0 } }));

export const withoutFinished = (queue: Queue): Queue => ({ ...queue, items: queue.items.filter(isPending) });

/** Groups a person thinks in; every item is in exactly one. */
export const groups = ["pending", "positive", "person", "negative", "refused"] as const;
export type Group = (typeof groups)[number];

export function groupOf(item: Item): Group {
  const { state } = item;
  if (isProvisional(item)) return "pending";
  if (state.phase === "done") return state.record.decision.outcome;
  return state.phase === "refused" || state.phase === "cancelled" ? "refused" : "pending";
}

export function countGroups(queue: Queue): Readonly<Record<Group, number>> {
  const counts: Record<Group, number> = { pending: 0, positive: 0, person: 0, negative: 0, refused: 0 };
  for (const item of queue.items) counts[groupOf(item)]++;
  return counts;
}

function change(queue: Queue, id: number, step: (item: Item) => Item): Queue {
  return { ...queue, items: queue.items.map((item) => (item.id === id ? step(item) : item)) };
}

/** What arrives after a person cancelled changes nothing. */
const whileOpen = (queue: Queue, id: number, step: (item: Item) => Item): Queue =>
  change(queue, id, (item) => (isOpen(item) ? step(item) : item));
