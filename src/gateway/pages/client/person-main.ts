import type { Answer } from "./api.ts";
import { caseHistory } from "./case-history.ts";
import { chosenPicture } from "./chosen-picture.ts";
import { button, part, say } from "./element.ts";
import { keyDialog } from "./key-dialog.ts";
import { noticesView } from "./notices-view.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { asBase64, changePerson, movePerson, readPerson } from "./person-api.ts";
import { factsView, measuresView, pictureKeeper, stepsView } from "./person-facts.ts";
import type { PersonInfo } from "./person-info.ts";
import { wordsForRequest } from "./refusal-words.ts";
import { analysisView, appointmentView, type Course } from "./workflow-view.ts";

const id = location.pathname.split("/").at(-1) ?? "";
const words = part("person-words", HTMLElement);
const alert = part("person-alert", HTMLElement);
const body = part("person", HTMLElement);
const showPicture = pictureKeeper(part("picture", HTMLElement));
const showCases = caseHistory(part("cases", HTMLElement), id);
/** What each part shows now: a part whose facts are the same is left alone, with whatever somebody typed into it. */
const shown = new Map<string, string>();

const keys = keyDialog(() => {
  keys.done();
  look();
  connect();
});
const connect = noticesView({
  onKeyNeeded: keys.ask,
  onOpen: () => look(),
  onAlert: ({ data }) => {
    if (data?.patientId === id) look();
  },
});
const look = oneAtATime(async () => {
  const { value, failure } = await readPerson(id);
  if (failure === undefined) return show(value);
  if (failure.status === 401) keys.ask();
  const { what, advice } = wordsForRequest(failure);
  words.replaceChildren(`${what}. ${advice} `, button("Ask again", look, { class: "quiet" }));
});

function show(person: PersonInfo): void {
  words.replaceChildren();
  body.hidden = false;
  say(part("person-name", HTMLElement), person.name);
  void showPicture(person);
  say(part("choose", HTMLElement), person.image === null ? "Choose a picture" : "Choose another picture");
  const { analysis, validation, image, severity, model, appointmentDate, oculomics, workflowStep } = person;
  update("steps", workflowStep, () => stepsView(person));
  update("facts", [person.status, person.name, person.age, person.symptoms, person.history], () => [factsView(person)]);
  update("analysis", [analysis, validation, image, severity, model], () => analysisView(person, course));
  update("appointment", appointmentDate, () => appointmentView(person, course));
  update("trend", oculomics, () => measuresView(person));
  showCases();
}

function update(place: string, facts: unknown, draw: () => readonly HTMLElement[]): void {
  const key = JSON.stringify(facts);
  if (shown.get(place) === key) return;
  shown.set(place, key);
  const node = part(place, HTMLElement);
  const focused = node.contains(document.activeElement);
  node.replaceChildren(...draw());
  // What was pressed is gone; the heading of the part says what stands there now.
  if (!focused) return;
  const heading = node.parentElement?.querySelector("h2");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus();
}

/** Does something to this person and shows what came of it. */
async function move(asked: Promise<Answer<PersonInfo>>): Promise<boolean> {
  say(alert, "");
  const { value, failure } = await asked;
  if (failure === undefined) {
    show(value);
    return true;
  }
  if (failure.status === 401) keys.ask();
  const { what, advice } = wordsForRequest(failure);
  say(alert, `${what}. ${advice}`);
  if (failure.code === "person-changed") look();
  return false;
}

const course: Course = {
  analyse: async () => void (await move(movePerson(id, "analyse"))),
  validate: async (approved, reason) => void (await move(movePerson(id, "validate", { approved, reason }))),
  schedule: async (appointmentDate) => void (await move(movePerson(id, "schedule", { appointmentDate }))),
};

const keep = button("Keep this picture", () => void keepPicture());
const picture = chosenPicture({
  imageBytesMax: Number(body.dataset["imageBytesMax"]),
  onWords: (text) => say(alert, text),
  onChoice: () => {
    if (shown.get("analysis")?.startsWith("[null") === false)
      say(alert, "With another picture the analysis of the old one is taken away.");
    keep.focus();
  },
  actions: [keep],
});

async function keepPicture(): Promise<void> {
  const file = picture.file();
  if (file === undefined || keep.disabled) return;
  keep.disabled = true;
  const image = await asBase64(file);
  const kept = image === undefined ? false : await move(changePerson(id, { image }));
  keep.disabled = false;
  if (kept) picture.clear();
}

look();
connect();
