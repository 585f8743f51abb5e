import { type AlertFrame, alertLine, type LineState } from "./alert-line.ts";
import { button, element, part, say } from "./element.ts";
import { freshNotices, freshWords } from "./fresh-notices.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { listNotices, markAllNoticesRead, markNoticeRead, noticesShownMax } from "./person-api.ts";
import type { NoticeInfo, NoticeListInfo } from "./person-info.ts";
import { momentWords } from "./person-words.ts";
import { wordsForRequest } from "./refusal-words.ts";
import type { Failure } from "./retry.ts";

const lineWords: Readonly<Record<LineState, string>> = {
  connecting: "Connecting …",
  live: "Live: news arrive at once",
  lost: "Not connected. Trying again; nothing is lost meanwhile",
  locked: "Not connected: a key is needed",
};

export interface NoticesEvents {
  readonly onKeyNeeded: () => void;
  /** The line stands, for the first time or again: what is shown may be old. */
  readonly onOpen: () => void;
  /** Something was told; on reconnection at once for everything that was missed. */
  readonly onAlert: (frame: AlertFrame) => void;
}

/** What is told about people: a badge, a list, and whether it comes at once. */
export function noticesView({ onKeyNeeded, onOpen, onAlert }: NoticesEvents): () => void {
  const words = part("notices-words", HTMLElement);
  let known: Set<string> | undefined;
  const fail = (failure: Failure): void => {
    if (failure.status === 401) onKeyNeeded();
    else say(words, `The notifications cannot be read: ${wordsForRequest(failure).what.toLowerCase()}.`);
  };
  const refresh = oneAtATime(async () => {
    const { value, failure } = await listNotices();
    if (failure !== undefined) return fail(failure);
    const fresh = freshNotices(known, value.notifications);
    known = new Set([...(known ?? []), ...value.notifications.map(({ id }) => id)]);
    show(value, refresh, fail);
    if (fresh.length > 0) say(part("told", HTMLElement), freshWords(fresh));
  });
  listenForOpening();
  part("read-all", HTMLButtonElement).addEventListener("click", async () => {
    const { failure } = await markAllNoticesRead();
    if (failure === undefined) refresh();
    else fail(failure);
  });
  const line = part("line", HTMLElement);
  return alertLine({
    onState: (state) => {
      line.dataset["state"] = state;
      say(line, lineWords[state]);
    },
    onOpen: () => {
      refresh();
      onOpen();
    },
    onAlert: (frame) => {
      if (frame.kind === "notification") refresh();
      onAlert(frame);
    },
    onFailure: (failure) => {
      if (failure.status === 401) onKeyNeeded();
    },
  });
}

function listenForOpening(): void {
  const toggle = part("notices-button", HTMLButtonElement);
  const section = part("notices", HTMLElement);
  toggle.addEventListener("click", () => {
    section.hidden = !section.hidden;
    toggle.setAttribute("aria-expanded", String(!section.hidden));
    if (!section.hidden) part("notices-title", HTMLElement).focus();
  });
  section.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    section.hidden = true;
    toggle.setAttribute("aria-expanded", "false");
    toggle.focus();
  });
}

function show({ notifications, unread }: NoticeListInfo, refresh: () => void, fail: (failure: Failure) => void): void {
  const badge = part("unread", HTMLElement);
  badge.hidden = unread === 0;
  badge.replaceChildren(String(unread), element("span", { class: "unseen" }, " unread"));
  part("read-all", HTMLButtonElement).disabled = unread === 0;
  const list = part("notices-list", HTMLUListElement);
  const focused = list.contains(document.activeElement);
  list.replaceChildren(...notifications.map((notice) => noticeRow(notice, refresh, fail)));
  // The button that was pressed is gone with its message's being unread.
  if (focused) (list.querySelector("button") ?? part("notices-title", HTMLElement)).focus();
  say(part("notices-words", HTMLElement), listWords(notifications.length, unread));
}

function listWords(shown: number, unread: number): string {
  if (shown === 0) return "Nothing has been told yet. What happens to a person shows up here.";
  const newest = shown === noticesShownMax ? `The newest ${shown} are shown. ` : "";
  return `${newest}${unread === 0 ? "All are read." : `${unread} unread.`}`;
}

function noticeRow(notice: NoticeInfo, refresh: () => void, fail: (failure: Failure) => void): HTMLElement {
  const { id, personId, message, at, read, type } = notice;
  const mark = async (): Promise<void> => {
    const { failure } = await markNoticeRead(id);
    if (failure === undefined) refresh();
    else fail(failure);
  };
  const words =
    personId === null ? element("span", {}, message) : element("a", { href: `/people/${personId}` }, message);
  return element(
    "li",
    { class: `note ${type}${read ? "" : " unread"}`, "data-id": id },
    element("p", {}, words),
    element("p", { class: "hint" }, `${momentWords(at)}${read ? "" : " · unread"}`),
    read
      ? undefined
      : button("Mark as read", () => void mark(), { class: "quiet", "aria-label": `Mark as read: ${message}` }),
  );
}
