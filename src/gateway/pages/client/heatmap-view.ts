import type { CaseRecord } from "../../../contracts/decision.ts";
import { caseImage } from "./api.ts";
import { button, element, say } from "./element.ts";
import { labelName } from "./programme-words.ts";
import { wordsFor } from "./refusal-words.ts";
import type { ProgrammeInfo } from "./result-words.ts";
import { type Failure, mayHelp } from "./retry.ts";

const opacityFirst = 60;

export interface PictureParts {
  readonly record: CaseRecord;
  readonly programme: ProgrammeInfo;
  readonly name: string;
  /** Of the picture on the person's own disk; absent where only the server has it. */
  readonly url?: string;
}

/** The picture of a case, and over it what the fine reader looked at. */
export function pictureView({ record, programme, name, url }: PictureParts): HTMLElement {
  const stage = element("div", { class: "stage" });
  const words = element("p", { class: "hint", role: "status" });
  const tools = element("div", { class: "heatmap-tools" });
  showLocal(stage, record.id, name, url);
  const choice = labelChoice(record, programme, () => {
    if (load.hidden) show();
  });
  const show = (): void => void loadHeatmap({ load, stage, words, tools, record, choice });
  const load = button("Show what the fine reader looked at", show, { class: "quiet" });
  return element("div", { class: "picture" }, stage, choice?.label, load, words, tools);
}

interface LabelChoice {
  readonly label: HTMLElement;
  readonly select: HTMLSelectElement;
}

/** Where there are several labels, for which of them the fine reader's evidence is shown. */
function labelChoice(
  { decision }: CaseRecord,
  programme: ProgrammeInfo,
  onChange: () => void,
): LabelChoice | undefined {
  if (programme.labels.length <= 2) return undefined;
  const options = programme.labels.map((label) =>
    element("option", { value: label, selected: label === decision.label }, labelName(label, programme)),
  );
  const select = element("select", {}, ...options);
  select.addEventListener("change", onChange);
  return { label: element("label", { class: "field" }, element("span", {}, "What speaks for"), select), select };
}

/** Browsers show no TIFF, some no BMP: then the server's copy, and when that cannot be shown either, the name. */
function showLocal(stage: HTMLElement, caseId: string, name: string, url: string | undefined): void {
  const image = element("img", { ...(url !== undefined && { src: url }), alt: `The picture ${name}` });
  if (url === undefined) void showStored(image, caseId, name);
  else image.addEventListener("error", () => void showStored(image, caseId, name), { once: true });
  stage.append(image);
}

async function showStored(image: HTMLImageElement, caseId: string, name: string): Promise<void> {
  const placeholder = element("p", { class: "placeholder" }, `This browser cannot show ${name}.`);
  const { value } = await caseImage(caseId, "image");
  if (value === undefined) return image.replaceWith(placeholder);
  const url = URL.createObjectURL(value);
  const settle = (shown: boolean) => () => {
    URL.revokeObjectURL(url);
    if (!shown) image.replaceWith(placeholder);
  };
  image.addEventListener("load", settle(true), { once: true });
  image.addEventListener("error", settle(false), { once: true });
  image.src = url;
}

interface HeatmapPlace {
  readonly load: HTMLButtonElement;
  readonly stage: HTMLElement;
  readonly words: HTMLElement;
  readonly tools: HTMLElement;
  readonly record: CaseRecord;
  readonly choice: LabelChoice | undefined;
}

async function loadHeatmap({ load, stage, words, tools, record, choice }: HeatmapPlace): Promise<void> {
  if (load.getAttribute("aria-disabled") === "true") return;
  load.setAttribute("aria-disabled", "true");
  say(words, "Asking the server …");
  const label = choice?.select.value;
  const { value, failure } = await caseImage(record.id, "heatmap", label);
  load.removeAttribute("aria-disabled");
  // Another label was chosen while this one was on its way.
  if (label !== choice?.select.value) return loadHeatmap({ load, stage, words, tools, record, choice });
  for (const old of stage.querySelectorAll(".overlay")) old.remove();
  if (failure !== undefined) return say(words, noHeatmapWords(failure));
  const overlay = await shown(value);
  if (overlay === undefined) return say(words, "This browser cannot show what the fine reader looked at.");
  stage.append(overlay);
  say(words, heatmapWords(record));
  const before = tools.querySelector("input")?.value;
  const slider = opacitySlider(overlay, before ?? String(opacityFirst));
  tools.replaceChildren(slider.label);
  // A person who went on meanwhile is not called back.
  const waited = document.activeElement === load;
  load.hidden = true;
  if (waited) slider.input.focus();
}

async function shown(png: Blob): Promise<HTMLImageElement | undefined> {
  const url = URL.createObjectURL(png);
  const overlay = element("img", { class: "overlay", src: url, alt: "" });
  const fine = await overlay.decode().then(
    () => true,
    () => false,
  );
  URL.revokeObjectURL(url);
  return fine ? overlay : undefined;
}

function heatmapWords({ readings }: CaseRecord): string {
  const asked = readings.some(({ reader }) => reader === "fine");
  const whose = asked
    ? ""
    : "The fine reader was not needed for this result; this is what it looks at in the picture. ";
  return `${whose}Strong colour marks what weighed most in the fine reader's opinion: it explains the reader, and is no finding.`;
}

/** Arrow keys move it: it is a plain range input. */
function opacitySlider(overlay: HTMLElement, first: string): { label: HTMLElement; input: HTMLInputElement } {
  const input = element("input", { type: "range", min: "0", max: "100", step: "5", value: first });
  const value = element("output", {});
  const apply = (): void => {
    overlay.style.opacity = String(Number(input.value) / 100);
    value.textContent = `${input.value} %`;
    input.setAttribute("aria-valuetext", `${input.value} percent`);
  };
  input.addEventListener("input", apply);
  apply();
  return {
    label: element("label", { class: "slider" }, element("span", {}, "How strongly it is laid over"), input, value),
    input,
  };
}

/** Anything may be missing: the route, the case, its picture, or a reader that can say where it looked. */
function noHeatmapWords(failure: Failure): string {
  const { what } = wordsFor(failure);
  if (failure.status === 404) return "For this picture the server has no image of what the fine reader looked at.";
  return `${what}. What the fine reader looked at cannot be shown${mayHelp(failure) ? " now: try again later" : ""}.`;
}
