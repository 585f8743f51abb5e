import type { CaseRecord } from "../../../contracts/decision.ts";
import { listProgrammes } from "./api.ts";
import { button, element } from "./element.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { personCases } from "./person-api.ts";
import { momentWords } from "./person-words.ts";
import { wordsForRequest } from "./refusal-words.ts";
import { resultView } from "./result-view.ts";
import { outcomeWords, type ProgrammeInfo } from "./result-words.ts";
import type { Failure } from "./retry.ts";

const pageSize = 10;

/** Every picture of a person that was read, newest first; a case is opened where it stands. */
export function caseHistory(place: HTMLElement, personId: string): () => void {
  const list = element("div", {});
  const words = element("p", { class: "hint" });
  const more = button("Older ones", () => void older(), { class: "quiet", hidden: true });
  const another = element("a", { href: `/?person=${personId}` }, "Read another picture of this person");
  place.replaceChildren(words, list, element("p", { class: "actions" }, more), element("p", {}, another));
  let programmes: ReadonlyMap<string, ProgrammeInfo> | undefined;
  let cursor: string | undefined;
  const fail = ({ what, advice }: ReturnType<typeof wordsForRequest>): void =>
    words.replaceChildren(`${what}. ${advice}`);
  const load = async (from?: string): Promise<Failure | undefined> => {
    programmes ??= new Map((await listProgrammes()).value?.map((each) => [each.id, each]));
    const { value, failure } = await personCases(personId, pageSize, from);
    if (failure !== undefined) return failure;
    cursor = value.next;
    more.hidden = cursor === undefined;
    const shown = new Map([...list.children].map((row) => [(row as HTMLElement).dataset["case"], row]));
    const rows = value.cases.map(
      (record) => shown.get(record.id) ?? caseRow(record, programmes?.get(record.programme)),
    );
    if (from === undefined) list.replaceChildren(...rows);
    else list.append(...rows);
    words.textContent = list.childElementCount === 0 ? "No picture of this person has been read yet." : "";
    return undefined;
  };
  const older = async (): Promise<void> => {
    const failure = await load(cursor);
    if (failure !== undefined) fail(wordsForRequest(failure));
  };
  return oneAtATime(async () => {
    const failure = await load();
    if (failure !== undefined) fail(wordsForRequest(failure));
  });
}

function caseRow(record: CaseRecord, programme: ProgrammeInfo | undefined): HTMLElement {
  const { id, createdAt, decision } = record;
  const outcome = programme === undefined ? decision.outcome : outcomeWords(decision, programme);
  const side = record.laterality === undefined ? "" : `, ${record.laterality}`;
  const about = `${programme?.title ?? record.programme}${side}, ${momentWords(createdAt)}`;
  const row = element(
    "details",
    { class: "case", "data-case": id },
    element("summary", {}, `${outcome} `, element("span", {}, about)),
  );
  row.addEventListener(
    "toggle",
    () =>
      row.append(
        programme === undefined
          ? element(
              "p",
              { class: "hint" },
              `The programme ${record.programme} is not on this server any more. ${decision.explanation}`,
            )
          : resultView({ record, programme, name: "of this case", open: true }),
      ),
    { once: true },
  );
  return row;
}
