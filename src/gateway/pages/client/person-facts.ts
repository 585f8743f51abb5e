import { element } from "./element.ts";
import { personImage } from "./person-api.ts";
import type { PersonInfo } from "./person-info.ts";
import { momentWords, stepNames } from "./person-words.ts";
import { wordsForRequest } from "./refusal-words.ts";
import { type Trend, trendView } from "./trend-view.ts";

/** Where a person stands, of the four steps. */
export function stepsView({ workflowStep }: PersonInfo): HTMLElement[] {
  return stepNames.map((name, i) => {
    const current = i + 1 === workflowStep;
    const past = i + 1 < workflowStep || workflowStep === 4;
    return element(
      "li",
      { class: past ? "past" : "", ...(current && { "aria-current": "step" }) },
      `${i + 1}. ${name}`,
      past && !current ? element("span", { class: "unseen" }, ", done") : undefined,
    );
  });
}

export function factsView(person: PersonInfo): HTMLElement {
  const { age, gender, email, phone, symptoms, history, admittedAt, status, id } = person;
  const facts: readonly (readonly [string, string | null])[] = [
    ["Status", status],
    ["Age", age === null ? null : `${age} years`],
    ["Gender", gender],
    ["Email", email],
    ["Phone", phone],
    ["Symptoms", symptoms.length === 0 ? null : symptoms.join(", ")],
    ["History of illness", history === "" ? null : history],
    ["Admitted", momentWords(admittedAt)],
    ["Identifier", id],
  ];
  return element(
    "dl",
    { class: "facts" },
    ...facts.flatMap(([term, words]) => (words === null ? [] : [element("dt", {}, term), element("dd", {}, words)])),
  );
}

/** The stored picture; asked for again only where it is another one. */
export function pictureKeeper(place: HTMLElement): (person: PersonInfo) => void {
  let shown: string | undefined;
  const say = (words: string): void => place.replaceChildren(element("p", { class: "hint" }, words));
  return async (person) => {
    const { image, imageUrl, id } = person;
    const wanted = image?.sha256 ?? imageUrl ?? "";
    if (wanted === shown) return;
    shown = wanted;
    if (image === null)
      return say(
        imageUrl === null
          ? "There is no picture yet. Drop one on this page, or choose one."
          : "Only an address was given in place of a picture; it is not fetched. Drop the picture itself on this page.",
      );
    const { value, failure } = await personImage(id);
    if (shown !== wanted) return;
    if (failure !== undefined) {
      shown = undefined;
      return say(`${wordsForRequest(failure).what}. ${wordsForRequest(failure).advice}`);
    }
    const url = URL.createObjectURL(value);
    const picture = element("img", { src: url, alt: "The stored picture of this person's eye" });
    picture.addEventListener("load", () => URL.revokeObjectURL(url), { once: true });
    picture.addEventListener("error", () => say("This browser cannot show the picture; the server can read it."), {
      once: true,
    });
    place.replaceChildren(element("div", { class: "picture-frame" }, picture));
  };
}

/** Pressure of a healthy eye lies in this range in most people; for the others no range is the same on every device. */
const usualPressure = { low: 10, high: 21 } as const;

export function measuresView({ oculomics }: PersonInfo): HTMLElement[] {
  if (oculomics === null) return [element("p", { class: "hint" }, "Nothing has been measured yet.")];
  const { intraocularPressure, cupToDiscRatio, rnflThickness, vesselDensity, history } = oculomics;
  const measures = [
    ["Pressure in the eye", `${intraocularPressure} mmHg`, pressureWords(intraocularPressure)],
    ["Cup to disc", String(cupToDiscRatio), "Ratio, 0 to 1"],
    ["Nerve fibre layer", `${rnflThickness} µm`, "Thickness"],
    ["Vessel density", `${vesselDensity} %`, "Share of the area"],
  ] as const;
  const tiles = element(
    "dl",
    { class: "measures" },
    ...measures.map(([name, value, about]) =>
      element("div", {}, element("dt", {}, name), element("dd", {}, value, element("small", {}, about))),
    ),
  );
  const dated = history.flatMap((each) => {
    const at = new Date(each.date).getTime();
    return Number.isNaN(at) ? [] : [{ ...each, at }];
  });
  if (dated.length === 0)
    return [tiles, element("p", { class: "hint" }, "Earlier measurements would be drawn here; there are none.")];
  const trends: readonly Trend[] = [
    {
      title: "Pressure in the eye",
      unit: "mmHg",
      points: dated.map(({ at, iop }) => ({ at, value: iop })),
      usual: usualPressure,
    },
    {
      title: "Vessel density",
      unit: "%",
      points: dated.map(({ at, density }) => ({ at, value: density })),
      usual: undefined,
    },
  ];
  return [tiles, ...trends.map(trendView)];
}

function pressureWords(pressure: number): string {
  const { low, high } = usualPressure;
  const range = `usual range, ${low} to ${high} mmHg`;
  if (pressure < low) return `Below the ${range}`;
  return pressure > high ? `Above the ${range}` : `In the ${range}`;
}
