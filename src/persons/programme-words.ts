import type { Severity } from "../contracts/index.ts";

/** What a programme's labels are called, which of them say that nothing was found, and when a finding is urgent. */
export interface ProgrammeWords {
  readonly words: Readonly<Record<string, string>>;
  /** Labels that never stand for a finding. */
  readonly normal: ReadonlySet<string>;
  /** Calibrated confidence of a finding in percent, from which on it is of that severity. */
  readonly severity: { readonly criticalMin: number; readonly warningMin: number };
}

/** The ophthalmology source system's own limits. */
const sourceSeverity = { criticalMin: 80, warningMin: 60 } as const;

/** Data, so that another programme's limits are one entry. */
const programmes: Readonly<Record<string, ProgrammeWords>> = {
  ophthalmology: {
    words: {
      normal: "Normal",
      cataract: "Cataract",
      glaucoma: "Glaucoma",
      "diabetic-retinopathy": "Diabetic retinopathy",
    },
    normal: new Set(["normal"]),
    severity: sourceSeverity,
  },
  cataract: {
    words: { normal: "Normal", cataract: "Cataract" },
    normal: new Set(["normal"]),
    severity: sourceSeverity,
  },
};

/** A programme without an entry has no label that may be named while a person has still to decide. */
const unknown: ProgrammeWords = { words: {}, normal: new Set(), severity: sourceSeverity };

export const wordsOfProgramme = (programme: string): ProgrammeWords | undefined =>
  Object.hasOwn(programmes, programme) ? programmes[programme] : undefined;

/** A label as a doctor reads it. */
export function labelWords(programme: string, label: string): string {
  const known = wordsOfProgramme(programme)?.words ?? {};
  if (Object.hasOwn(known, label)) return known[label] as string;
  const plain = label.replaceAll(/[-_]/g, " ");
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** @param confidence of the finding, percent */
export function severityOfFinding(programme: string, confidence: number): Exclude<Severity, "undecided"> {
  const { criticalMin, warningMin } = (wordsOfProgramme(programme) ?? unknown).severity;
  if (confidence >= criticalMin) return "critical";
  return confidence >= warningMin ? "warning" : "info";
}
