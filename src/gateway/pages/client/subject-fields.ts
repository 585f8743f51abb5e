import type { PictureSubject } from "./api.ts";
import { part } from "./element.ts";
import type { ProgrammeInfo } from "./result-words.ts";

const sides = ["left", "right", "both"] as const;

/** What a person may say of the pictures that are added next: whose they are, and of which side. */
export function subjectFields(): { read: () => PictureSubject; fit: (programme: ProgrammeInfo) => void } {
  const box = part("subject", HTMLDetailsElement);
  const patient = part("patient-id", HTMLInputElement);
  const side = part("laterality", HTMLSelectElement);
  const sided = part("laterality-field", HTMLElement);
  const person = new URLSearchParams(location.search).get("person") ?? "";
  if (/^[0-9a-f-]{36}$/.test(person)) {
    patient.value = person;
    box.open = true;
  }
  return {
    read: () => {
      const patientId = patient.value.trim();
      const laterality = sided.hidden ? undefined : sides.find((each) => each === side.value);
      return { ...(patientId !== "" && { patientId }), ...(laterality !== undefined && { laterality }) };
    },
    // A chest has no side of its own.
    fit: ({ views }) => {
      sided.hidden = !views.some((view) => /eye|fundus|foot/.test(view));
    },
  };
}
