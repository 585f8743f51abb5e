import type { Band } from "../contracts/pack.ts";
import type { TrainingJob } from "./job.ts";
import type { Figures } from "./measure.ts";

/** A set of figures with what they were measured on. */
export interface Measurement {
  readonly what: string;
  readonly path: string;
  readonly split: {
    readonly set: string;
    readonly name: string;
    readonly images: number;
    readonly positives: number;
    readonly groups: number;
    readonly filesSha256: string;
  };
  readonly figures: Figures;
  readonly subgroup?: string;
  readonly assessed?: false;
  readonly reason?: string;
}

const shown = (value: number): string => value.toFixed(3);

/** The model card of one pack in plain words. */
export function cardOf(
  job: TrainingJob,
  title: string,
  about: string,
  measured: readonly Measurement[],
  band?: Band,
): string {
  const parts = [
    `# ${title}`,
    "",
    about,
    "",
    "## Intended use",
    "Research and engineering tests of a screening server only. **Not a medical device.** No answer of it may guide the care of a person.",
    "",
    "## Data",
    `- Learnt from: ${job.data.map((folder) => folder.split("/").at(-1)).join(", ")}; splits train and val, look-alikes and patients kept together.`,
    `- Labels: ${job.question.labels.join(", ")}; positive: ${job.question.positive.join(", ")}. Labels are the sources' own and were not checked by a clinician.`,
    "- No age, sex, skin or device is known, so fairness across people was **not assessed**.",
    ...(notes[job.programme] ?? []).map((note) => `- ${note}`),
    ...(band === undefined ? [] : ["", "## Band", bandWords(band)]),
    "",
    "## Figures",
  ];
  for (const each of measured) {
    const { split } = each;
    parts.push(
      "",
      `### ${each.what}${each.subgroup === undefined ? "" : `, ${each.subgroup}`} (${split.set}, ${split.name})`,
      "",
    );
    if (each.assessed === false) parts.push(`${each.reason} (n = ${split.images}, ${split.positives} positive).`);
    else {
      parts.push("| figure | value | 95 % interval | n | method |", "| --- | --- | --- | --- | --- |");
      for (const [name, { value, interval, n, method }] of Object.entries(each.figures))
        parts.push(`| ${name} | ${shown(value)} | ${shown(interval[0])} to ${shown(interval[1])} | ${n} | ${method} |`);
    }
  }
  return `${parts.join("\n")}\n`;
}

const bandWords = ({ certificate, lo, hi, a, b }: Band): string =>
  `Fast exits at or below ${shown(lo)}${hi < 1 ? ` and at or above ${shown(hi)}` : "; a positive always gets the second look"}; after the second look negative at or below ${shown(a)}, positive at or above ${shown(b)}. ${
    certificate.certified
      ? `Certified on ${certificate.positives} positives and ${certificate.negatives} negatives that chose nothing: at most ${(100 * certificate.provableMissRate).toFixed(1)} % missed and ${(100 * certificate.provableFalsePositiveRate).toFixed(1)} % false positives.`
      : `**Not certified.** ${certificate.reason}`
  }`;

/** What the data of a programme confounds; a card that hides it would lie. */
const notes: Readonly<Record<string, readonly string[]>> = {
  cataract: [
    "Cataract pictures are mostly slit-lamp or macro views, normal ones mostly portraits: style may decide. At least four photographs labelled cataract show no opacity a layman can see.",
  ],
  "diabetic-retinopathy": [
    "Grades are single-reader and noisy (EyePACS). Natural-colour pictures are 224 px and strongly compressed: grade 1 is barely visible. Grades 3 and 4 come mostly from contrast-equalised pictures.",
    "The set contains ungradable frames, as its source does.",
  ],
  "hallux-valgus": [
    "**Confounded by kind of picture**: hallux valgus and its normals are photographs, flatfoot and its normals lateral X-rays, ulcer and healthy skin patches of skin. Which of the three findings is in question follows from the kind of picture alone; only normal against the finding of that kind is skill.",
    "16 contents of the source were in both classes and were dropped; some hallux pictures show ordinary feet.",
  ],
  "chest-xray": [
    "Findings were mined from reports (NIH ChestX-ray14) and are noisy. Only pictures labelled no finding or pneumonia are here, so findings other than pneumonia were seen almost only together with it; those with fewer than 30 cases are not assessed, and an answer about them carries no weight.",
    "Pictures of COVID-19 come from other hospitals with arrows and letters burnt in; they are not used.",
  ],
  ophthalmology: [
    "Glaucoma and cataract contain frames squeezed to an ellipse, normal never does; diabetic retinopathy comes from another source with another crop and compression. Part of the skill is style.",
    "This is cataract as haze in a fundus picture, not the external photograph of the cataract programme.",
  ],
};
