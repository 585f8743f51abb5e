import { button, element } from "./element.ts";
import type { PersonInfo } from "./person-info.ts";
import { momentWords, outcomeOf, severityWords } from "./person-words.ts";

/** What a person may do with somebody's analysis. Each returns when it is done, whatever came of it. */
export interface Course {
  readonly analyse: () => Promise<void>;
  readonly validate: (approved: boolean, reason: string | null) => Promise<void>;
  /** @param date RFC 3339 with Z */
  readonly schedule: (date: string) => Promise<void>;
}

/** The analysis, as what matters most to what matters for the file, and what to do about it. */
export function analysisView(person: PersonInfo, course: Course): HTMLElement[] {
  const { analysis, image } = person;
  if (analysis === null)
    return image === null
      ? [element("p", { class: "hint" }, "There is nothing to read: add a picture first.")]
      : [
          element("p", { class: "hint" }, "The picture has not been read yet."),
          element("div", { class: "actions" }, working("Read the picture", "Reading …", course.analyse)),
        ];
  return [findingView(person, analysis), judgementView(person, course)];
}

function findingView(person: PersonInfo, analysis: NonNullable<PersonInfo["analysis"]>): HTMLElement {
  const { severity, model, disclaimer } = person;
  const { classification, confidence, findings, recommendation, explanation } = analysis;
  const sure = confidence === 0 ? [] : [element("p", {}, "Confidence: ", element("strong", {}, `${confidence} %`))];
  return element(
    "div",
    { class: "finding" },
    element("p", { class: `outcome ${outcomeOf(person)}` }, classification),
    ...(severity === null ? [] : [element("p", {}, severityWords(severity))]),
    ...sure,
    element("h3", {}, "What was found"),
    element("ul", {}, ...findings.map((each) => element("li", {}, each))),
    element("h3", {}, "What to do"),
    element("p", {}, recommendation),
    element(
      "details",
      {},
      element("summary", {}, "Why, and who read it"),
      element("p", {}, explanation),
      element("p", { class: "hint" }, model ?? ""),
    ),
    element("p", { class: "disclaimer" }, disclaimer),
  );
}

const judged = { approved: "Approved", rejected: "Rejected" } as const;

function judgementView({ validation }: PersonInfo, course: Course): HTMLElement {
  const reason = element("textarea", { rows: "2", maxlength: "2000" });
  const given = (): string | null => (reason.value.trim() === "" ? null : reason.value.trim());
  const said =
    validation === null
      ? "Somebody who can judge it must approve or reject this analysis."
      : `${judged[validation.status]} on ${momentWords(validation.at)}${validation.reason === null ? "." : `: ${validation.reason}`}`;
  return element(
    "div",
    { class: "act" },
    element("p", { class: "judgement" }, said),
    element("label", { class: "field" }, element("span", {}, "Reason (optional)"), reason),
    element(
      "div",
      { class: "actions" },
      working("Approve", "Approving …", () => course.validate(true, given())),
      working("Reject", "Rejecting …", () => course.validate(false, given()), "quiet"),
      working("Read the picture again", "Reading …", course.analyse, "quiet"),
    ),
  );
}

export function appointmentView({ appointmentDate }: PersonInfo, course: Course): HTMLElement[] {
  const input = element("input", { type: "datetime-local", required: true });
  const fault = element("small", { role: "alert" });
  const said =
    appointmentDate === null ? "None yet." : `On ${momentWords(appointmentDate)}, in this device's time zone.`;
  const submit = working(appointmentDate === null ? "Schedule" : "Change the date", "Scheduling …", async () => {
    const at = new Date(input.value);
    const wrong = Number.isNaN(at.getTime());
    fault.textContent = wrong ? "Choose a day and a time." : "";
    input.setAttribute("aria-invalid", String(wrong));
    if (wrong) return input.focus();
    await course.schedule(at.toISOString());
  });
  return [
    element("p", { class: "appointment" }, said),
    element(
      "div",
      { class: "act" },
      element("label", { class: "field" }, element("span", {}, "Day and time"), input, fault),
      element("div", { class: "actions" }, submit),
    ),
  ];
}

/** A button that cannot be pressed again before what it began has ended. */
function working(words: string, busyWords: string, errand: () => Promise<void>, kind = ""): HTMLButtonElement {
  const made = button(
    words,
    async () => {
      if (made.getAttribute("aria-disabled") === "true") return;
      made.setAttribute("aria-disabled", "true");
      made.textContent = busyWords;
      await errand();
      made.removeAttribute("aria-disabled");
      made.textContent = words;
    },
    kind === "" ? {} : { class: kind },
  );
  return made;
}
