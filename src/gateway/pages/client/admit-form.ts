import { chosenPicture } from "./chosen-picture.ts";
import { element, part, say } from "./element.ts";
import { admitPerson, asBase64 } from "./person-api.ts";
import { wordsForRequest } from "./refusal-words.ts";
import type { Failure } from "./retry.ts";

const ageMax = 150;

/** Admits a person, with or without a picture, and then shows them. */
export function admitForm(onKeyNeeded: () => void): void {
  const details = part("admit", HTMLDetailsElement);
  const form = part("admit-form", HTMLFormElement);
  const words = part("admit-words", HTMLElement);
  const submit = form.querySelector<HTMLButtonElement>("button[type=submit]");
  const picture = chosenPicture({
    imageBytesMax: Number(form.dataset["imageBytesMax"]),
    onWords: (text) => say(words, text),
    onChoice: () => {
      details.open = true;
      field(form, "name").focus();
    },
  });
  const fail = (failure: Failure): void => {
    const { what, advice } = wordsForRequest(failure);
    if (failure.status === 401) onKeyNeeded();
    else say(words, `Not admitted: ${what.charAt(0).toLowerCase()}${what.slice(1)}. ${advice}`);
  };
  const send = async (): Promise<void> => {
    say(words, "");
    if (!check(form) || submit === null || submit.disabled) return;
    // A second press must not admit the same person twice.
    submit.disabled = true;
    submit.textContent = "Admitting …";
    const file = picture.file();
    const image = file === undefined ? undefined : await asBase64(file);
    const { value, failure } = await admitPerson({ ...draftOf(form), ...(image !== undefined && { image }) });
    submit.disabled = false;
    submit.textContent = "Admit";
    if (failure !== undefined) return fail(failure);
    location.assign(`/people/${value.id}`);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send();
  });
}

const field = (form: HTMLFormElement, name: string): HTMLInputElement =>
  form.elements.namedItem(name) as HTMLInputElement;
const text = (form: HTMLFormElement, name: string): string => field(form, name).value.trim();

/** Says at each field what is wrong with it, and goes to the first one. */
function check(form: HTMLFormElement): boolean {
  const age = text(form, "age");
  const faults = [
    ["name", text(form, "name") === "" ? "A name is needed." : ""],
    ["age", age === "" || (/^\d+$/.test(age) && Number(age) <= ageMax) ? "" : "Whole years, 0 to 150."],
  ] as const;
  for (const [name, fault] of faults) mark(field(form, name), fault);
  const first = faults.find(([, fault]) => fault !== "");
  if (first !== undefined) field(form, first[0]).focus();
  return first === undefined;
}

function mark(input: HTMLInputElement, fault: string): void {
  const id = `${input.name}-fault`;
  document.getElementById(id)?.remove();
  input.removeAttribute("aria-invalid");
  input.removeAttribute("aria-describedby");
  if (fault === "") return;
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", id);
  input.after(element("small", { id }, fault));
}

function draftOf(form: HTMLFormElement): object {
  const symptoms = text(form, "symptoms")
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
  const [age, gender, history] = ["age", "gender", "history"].map((name) => text(form, name));
  return {
    name: text(form, "name"),
    ...(age !== "" && { age: Number(age) }),
    ...(gender !== "" && { gender }),
    ...(history !== "" && { history }),
    ...(symptoms.length > 0 && { symptoms }),
  };
}
