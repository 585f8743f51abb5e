import { button, element, say } from "./element.ts";
import { type Item, isPending, isProvisional } from "./queue.ts";
import { wordsFor } from "./refusal-words.ts";
import { resultView } from "./result-view.ts";
import type { ProgrammeInfo } from "./result-words.ts";
import { mayHelp } from "./retry.ts";

export interface RowContext {
  readonly url: string;
  readonly programme: ProgrammeInfo;
  readonly cancel: () => void;
  readonly again: () => void;
  /** A single result is shown in full at once. */
  readonly openDetails: () => boolean;
}

export interface Row {
  readonly node: HTMLLIElement;
  readonly update: (item: Item) => void;
}

/** One picture of the list: what it is, where it stands, and its result once there is one. */
export function rowView(name: string, context: RowContext): Row {
  const titleId = `picture-${nextTitle++}`;
  const status = element("p", { class: "status" });
  const bar = element("progress", { max: "1", "aria-label": `Sending ${name}` });
  const body = element("div", { class: "body" });
  const actions = element("div", { class: "actions" });
  const text = element("div", { class: "row-text" }, element("h3", { id: titleId }, name), status, bar, body, actions);
  const node = element(
    "li",
    { class: "row", tabindex: "-1", "aria-labelledby": titleId },
    thumbnail(context.url),
    text,
  );
  let shown: string | undefined;
  const update = (item: Item): void => {
    say(status, statusWords(item));
    bar.hidden = item.state.phase !== "sending";
    if (item.state.phase === "sending") bar.value = item.state.share;
    const { phase } = item.state;
    const showing = isProvisional(item) ? "provisional" : phase;
    if (shown === showing) return;
    shown = showing;
    node.dataset["phase"] = phase;
    status.hidden = phase === "done" || phase === "refused";
    body.replaceChildren(...bodyView(item, context));
    const hadFocus = actions.contains(document.activeElement);
    actions.replaceChildren(...actionsView(item, context));
    if (hadFocus) (actions.querySelector("button") ?? node).focus();
  };
  return { node, update };
}

let nextTitle = 1;

function thumbnail(url: string): HTMLElement {
  const image = element("img", { src: url, alt: "", loading: "lazy", decoding: "async" });
  const frame = element("div", { class: "thumbnail" }, image);
  image.addEventListener("error", () => frame.replaceChildren(element("span", {}, "no preview")), { once: true });
  return frame;
}

function bodyView({ state, name }: Item, context: RowContext): Node[] {
  if (state.phase === "done") {
    const { record, tookMs } = state;
    const { url, programme, openDetails } = context;
    return [resultView({ record, programme, name, url, tookMs, open: openDetails() })];
  }
  if (state.phase !== "refused") return [];
  const { what, advice } = wordsFor(state.failure);
  return [
    element("p", { class: "outcome refusal-title" }, `Not read: ${lowered(what)}`),
    element("p", { class: "why" }, advice),
  ];
}

/** Words that begin a sentence, as they stand inside one. */
const lowered = (words: string): string => words.charAt(0).toLowerCase() + words.slice(1);

function actionsView(item: Item, { cancel, again }: RowContext): HTMLElement[] {
  if (isPending(item)) return [button("Cancel", cancel, { class: "quiet", "aria-label": `Cancel ${item.name}` })];
  if (item.state.phase === "done" || (item.state.phase === "refused" && !mayHelp(item.state.failure))) return [];
  return [button("Send again", again, { class: "quiet", "aria-label": `Send ${item.name} again` })];
}

function statusWords({ state, sends }: Item): string {
  switch (state.phase) {
    case "waiting":
      return state.after === undefined || state.after.status === 401
        ? "Waiting"
        : `Waiting to be sent again (${wordsFor(state.after).what.toLowerCase()}; sent ${sends} times so far)`;
    case "sending":
      return `Sending, ${Math.floor(state.share * 100)} %`;
    case "reading":
      return "Reading";
    case "cancelled":
      return "Cancelled";
    default:
      return "";
  }
}
