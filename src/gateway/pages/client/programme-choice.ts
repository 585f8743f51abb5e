import { listProgrammes } from "./api.ts";
import { element, part } from "./element.ts";
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
export function programmeChoice(onRetry: () => void): ProgrammeChoice {
  const field = part("programmes", HTMLFieldSetElement);
  const legend = field.querySelector("legend") ?? element("legend");
  let programmes: readonly ProgrammeInfo[] = [];
  let choice: string | undefined;
  field.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement) choice = target.value;
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
    return undefined;
  };
  return { load, chosen: () => programmes.find(({ id }) => id === choice) };
}

function option({ id, title, description, status, reason }: ProgrammeInfo, choice: string | undefined): HTMLElement {
  const missing = status === "missing";
  const about = missing ? `Not installed: ${reason ?? "the server gives no reason"}` : description;
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
