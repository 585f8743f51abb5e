import type { ProgrammeInfo } from "./programme-info.ts";

/** What pictures a programme reads and what it tells, in plain words; others are told in their own description. */
const reads: Readonly<Record<string, string>> = {
  cataract:
    "Photographs of the outside of one eye, or of the region around it. Says whether there are signs of cataract.",
  "chest-xray": "X-rays of the chest from the front or back. Looks for 14 findings; several may be there at once.",
  "diabetic-retinopathy":
    "Colour photographs of the back of the eye (fundus). Grades them 0 to 4; from grade 2 on, an eye doctor should see the person.",
  "hallux-valgus":
    "Photographs, X-rays from the side and close-ups of the skin of feet. Tells flatfoot, foot ulcer and hallux valgus from a normal foot.",
  ophthalmology:
    "Colour photographs of the back of the eye (fundus). Tells cataract, glaucoma and diabetic retinopathy from a normal eye.",
};

const grades: Readonly<Record<string, readonly string[]>> = {
  "diabetic-retinopathy": ["none", "mild", "moderate", "severe", "proliferative"],
};

/** What a picture of each kind is called. */
const kinds: Readonly<Record<string, string>> = {
  "external-eye": "a photograph of the outside of an eye",
  fundus: "a photograph of the back of the eye",
  "chest-frontal": "an X-ray of the chest",
  foot: "a picture of a foot",
};

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

export const readsWords = ({ id, description }: Pick<ProgrammeInfo, "id" | "description">): string =>
  own(reads, id) ?? description;

export const kindWords = ({ views }: Pick<ProgrammeInfo, "views">): string =>
  views.map((view) => own(kinds, view)).find((words) => words !== undefined) ??
  "a picture of the kind that is read here";

/** `diabetic-retinopathy` is a name for machines. */
export const spoken = (label: string): string => label.replaceAll(/[-_]+/g, " ").toLowerCase();

export const isGrade = (label: string): boolean => /^\d+$/.test(label);

/** "grade 3 (severe)", "pleural thickening". */
export function labelName(label: string, { id }: Pick<ProgrammeInfo, "id">): string {
  if (!isGrade(label)) return spoken(label);
  const word = own(grades, id)?.[Number(label)];
  return word === undefined ? `grade ${label}` : `grade ${label} (${word})`;
}
