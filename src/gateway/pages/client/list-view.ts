import { button, part, say } from "./element.ts";
import { countGroups, type Group, groupOf, groups, type Item, type Queue } from "./queue.ts";
import { type Row, type RowContext, rowView } from "./row-view.ts";

/** Changes that come thick and fast are read out as one, ms. */
const announceAfterMs = 1200;

const filterNames: Readonly<Record<Group | "all", string>> = {
  all: "All",
  pending: "On their way",
  positive: "Signs",
  person: "A person must look",
  negative: "No sign",
  refused: "Not read",
};

/** The list of pictures, the counts that filter it, and what is read out about it. */
export function listView(contextOf: (item: Item) => RowContext): (queue: Queue) => void {
  const section = part("queue", HTMLElement);
  const list = part("items", HTMLOListElement);
  const cancelAll = part("cancel-all", HTMLButtonElement);
  const clear = part("clear", HTMLButtonElement);
  const rows = new Map<number, { row: Row; item?: Item }>();
  const announce = announcer();
  let filter: Group | "all" = "all";
  let last: Queue | undefined;
  const filters = filterButtons((chosen) => {
    filter = chosen;
    if (last !== undefined) show(last);
  });
  const show = (queue: Queue): void => {
    last = queue;
    const counts = countGroups(queue);
    const total = queue.items.length;
    section.hidden = total === 0;
    if (filter !== "all" && counts[filter] === 0) filter = "all";
    showRows(queue, filter, rows, list, contextOf);
    filters(counts, total, filter);
    cancelAll.disabled = counts.pending === 0;
    clear.disabled = counts.pending === total;
    showOverall(total - counts.pending, total);
    announce(summaryWords(counts, total));
  };
  return show;
}

function showRows(
  queue: Queue,
  filter: Group | "all",
  rows: Map<number, { row: Row; item?: Item }>,
  list: HTMLOListElement,
  contextOf: (item: Item) => RowContext,
): void {
  const kept = new Set(queue.items.map(({ id }) => id));
  for (const [id, { row }] of rows)
    if (!kept.has(id)) {
      row.node.remove();
      rows.delete(id);
    }
  for (const item of queue.items) {
    const entry = rows.get(item.id) ?? { row: rowView(item.name, contextOf(item)) };
    if (!rows.has(item.id)) {
      rows.set(item.id, entry);
      list.append(entry.row.node);
    }
    // Items are never changed, so the same item needs no work: this is what keeps 500 of them light.
    if (entry.item !== item) entry.row.update(item);
    entry.item = item;
    entry.row.node.hidden = filter !== "all" && groupOf(item) !== filter;
  }
}

function filterButtons(onChoose: (chosen: Group | "all") => void) {
  const names = ["all", ...groups] as const;
  const made = names.map((name) => [name, button("", () => onChoose(name), { class: `filter ${name}` })] as const);
  part("filters", HTMLElement).replaceChildren(...made.map(([, each]) => each));
  return (counts: Readonly<Record<Group, number>>, total: number, filter: Group | "all"): void => {
    for (const [name, each] of made) {
      const count = name === "all" ? total : counts[name];
      say(each, `${filterNames[name]} ${count}`);
      each.setAttribute("aria-pressed", String(name === filter));
      const gone = count === 0 && name !== "all";
      if (gone && each === document.activeElement) made[0]?.[1].focus();
      each.hidden = gone;
    }
  };
}

function showOverall(finished: number, total: number): void {
  part("overall", HTMLProgressElement).value = total === 0 ? 0 : finished / total;
  say(
    part("overall-words", HTMLElement),
    finished === total ? (total === 1 ? "Finished" : `All ${total} finished`) : `${finished} of ${total} finished`,
  );
}

function summaryWords(counts: Readonly<Record<Group, number>>, total: number): string {
  if (total === 0) return "";
  const parts = groups.filter((group) => counts[group] > 0).map((group) => `${filterNames[group]}: ${counts[group]}`);
  return `${total === 1 ? "1 picture" : `${total} pictures`}. ${parts.join(", ")}.`;
}

/** Says the newest words at most once in a while, so that a full queue does not talk without a pause. */
function announcer(): (words: string) => void {
  const place = part("announcements", HTMLElement);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let newest = "";
  return (words) => {
    newest = words;
    if (timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      say(place, newest);
    }, announceAfterMs);
  };
}
