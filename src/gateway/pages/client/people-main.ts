import { admitForm } from "./admit-form.ts";
import { button, element, part, say } from "./element.ts";
import { keyDialog } from "./key-dialog.ts";
import { noticesView } from "./notices-view.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { findPersons } from "./person-api.ts";
import type { PersonInfo } from "./person-info.ts";
import { aboutWords, dayWords } from "./person-words.ts";
import { wordsForRequest } from "./refusal-words.ts";

const pageSize = 20;
/** What is typed is looked for when the typing pauses, ms. */
const typingMs = 250;

const words = part("people-words", HTMLElement);
const list = part("people", HTMLUListElement);
const search = part("search", HTMLInputElement);
const status = part("status", HTMLSelectElement);
const newer = part("newer", HTMLButtonElement);
const older = part("older", HTMLButtonElement);
let skip = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

const keys = keyDialog(() => {
  keys.done();
  look();
  connect();
});
const connect = noticesView({ onKeyNeeded: keys.ask, onOpen: () => look(), onAlert: () => look() });
const look = oneAtATime(async () => {
  const asked = { search: search.value.trim(), status: status.value, skip, limit: pageSize };
  const { value, failure } = await findPersons(asked);
  if (failure !== undefined) {
    if (failure.status === 401) keys.ask();
    const { what, advice } = wordsForRequest(failure);
    return words.replaceChildren(`${what}. ${advice} `, button("Ask again", look, { class: "quiet" }));
  }
  // Everybody on this page has gone meanwhile.
  if (value.persons.length === 0 && value.total > 0 && skip > 0) {
    skip = Math.floor((value.total - 1) / pageSize) * pageSize;
    return look();
  }
  list.replaceChildren(...value.persons.map(personRow));
  say(words, totalWords(value.persons.length, value.total, asked.search !== "" || asked.status !== ""));
  part("pages", HTMLElement).hidden = value.total <= pageSize;
  newer.disabled = skip === 0;
  older.disabled = skip + pageSize >= value.total;
});

function totalWords(shown: number, total: number, filtered: boolean): string {
  if (total === 0)
    return filtered ? "Nobody fits. Try fewer letters, or another status." : "Nobody has been admitted yet.";
  return shown === total
    ? `${total === 1 ? "1 person" : `${total} people`}`
    : `${skip + 1} to ${skip + shown} of ${total}`;
}

function personRow(person: PersonInfo): HTMLElement {
  const { id, name, admittedAt, analysis } = person;
  const read = analysis === null ? "not read yet" : analysis.classification;
  return element(
    "li",
    {},
    element("a", { href: `/people/${id}` }, name),
    element("p", {}, `${aboutWords(person)} · admitted ${dayWords(admittedAt)} · ${read}`),
    element("span", { class: `pill ${person.status.toLowerCase().replaceAll(" ", "-")}` }, person.status),
  );
}

function lookFromStart(): void {
  skip = 0;
  look();
}
function turn(by: number): void {
  skip = Math.max(0, skip + by);
  look();
  words.scrollIntoView({ block: "nearest" });
}

search.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(lookFromStart, typingMs);
});
status.addEventListener("change", lookFromStart);
part("search-form", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  lookFromStart();
});
newer.addEventListener("click", () => turn(-pageSize));
older.addEventListener("click", () => turn(pageSize));
admitForm(keys.ask);
look();
connect();
