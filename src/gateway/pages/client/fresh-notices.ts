import type { NoticeInfo } from "./person-info.ts";

/** More new messages than this are told as a number. */
const toldMax = 3;

/** Those of the list that were not there at any earlier look; at the first look none is new. */
export function freshNotices(
  known: ReadonlySet<string> | undefined,
  list: readonly NoticeInfo[],
): readonly NoticeInfo[] {
  return known === undefined ? [] : list.filter(({ id }) => !known.has(id));
}

/** What is read out about them, oldest first, as they happened. */
export function freshWords(fresh: readonly NoticeInfo[]): string {
  if (fresh.length === 0) return "";
  if (fresh.length > toldMax) return `${fresh.length} new notifications.`;
  const words = [...fresh]
    .reverse()
    .map(({ type, message }) => (type === "critical" ? `Critical: ${message}` : message));
  return `${fresh.length === 1 ? "New notification" : `${fresh.length} new notifications`}: ${words.join("; ")}.`;
}
