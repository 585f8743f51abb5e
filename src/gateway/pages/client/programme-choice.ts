import { listProgrammes } from "./api.ts";
import { element, part } from "./element.ts";
import { readsWords } from "./programme-words.ts";
import { wordsFor } from "./refusal-words.ts";
import type { ProgrammeInfo } from "./result-words.ts";
import type { Failure } from "./retry.ts";

export interface ProgrammeChoice {
  /** Asks the server again. */
  readonly load: () => Promise<Failure | undefined>;
  /** Undefined until the server has named one that can answer. */
  readonly chosen: () => ProgrammeInfo | undefined;
}

/** What to look for: those that are installed can be chosen, the others say why not. */
export function programmeChoice(onRetry: () => void, onChoice: (programme: ProgrammeInfo) => void): ProgrammeChoice {
  const field = part("programmes", HTMLFieldSetElement);
  const legend = field.querySelector("legend") ?? element("legend");
  let programmes: readonly ProgrammeInfo[] = [];
  let choice: string | undefined;
  const tell = (): void => {
    const chosen = programmes.find(({ id }) => id === choice);
    if (chosen !== undefined) onChoice(chosen);
  };
  field.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement) choice = target.value;
    tell();
  });
  const load = async (): Promise<Failure | undefined> => {
    const { value, failure } = await listProgrammes();
    if (failure !== undefined) {
      const again = element("button", { type: "button", class: "quiet" }, "Ask again");
      again.addEventListener("click", onRetry);
      field.replaceChildren(legend, element("p", { class: "hint" }, `${wordsFor(failure).what}. `, again));
      return failure;
    }
    programmes = value;
    choice ??= value.find(({ status }) => status === "ready")?.id;
    const none =
      choice === undefined ? [element("p", { class: "hint" }, "Nothing that this server offers is installed.")] : [];
    field.replaceChildren(legend, ...value.map((each) => option(each, choice)), ...none);
    tell();
    return undefined;
  };
  return { load, chosen: () => programmes.find(({ id }) => id === choice) };
}

function option(programme: ProgrammeInfo, choice: string | undefined): HTMLElement {
  const { id, title, status, reason } = programme;
  const missing = status === "missing";
  const about = missing ? `Not installed: ${reason ?? "the server gives no reason"}` : readsWords(programme);
  const input = element("input", {
    type: "radio",
    name: "programme",
    value: id,
    disabled: missing,
    checked: id === choice,
  });
  return element(
    "label",
    { class: missing ? "option missing" : "option" },
    input,
    element("span", {}, element("strong", {}, title), ` ${about}`),
  );
}
