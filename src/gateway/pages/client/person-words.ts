import type { PersonInfo } from "./person-info.ts";

/** A day and a time as they are here, where the page is read. */
const moments = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const days = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

export const momentWords = (time: string): string => formatted(moments, time);
/** A time without a zone counts as UTC; what is no time is shown as it is. */
export const dayWords = (time: string): string => formatted(days, time);

function formatted(format: Intl.DateTimeFormat, time: string): string {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? time : format.format(at);
}

export const stepNames = ["Analysis", "Validation", "Scheduling", "Complete"] as const;

/** "52, Female"; what is not known is not guessed. */
export const aboutWords = ({ age, gender }: Pick<PersonInfo, "age" | "gender">): string =>
  [...(age === null ? [] : [`${age} years`]), ...(gender === null ? [] : [gender])].join(", ") ||
  "Age and gender not known";

const severityNames = {
  critical: "Urgent: somebody should look soon",
  warning: "Somebody should look",
  info: "Not urgent",
  undecided: "Undecided: a person must look",
} as const;
export const severityWords = (severity: keyof typeof severityNames): string => severityNames[severity];

/** As the mark of an outcome: found, not found, or nobody knows. */
export function outcomeOf({ severity, analysis }: Pick<PersonInfo, "severity" | "analysis">) {
  if (analysis === null || severity === null || severity === "undecided") return "person";
  return severity === "info" ? "negative" : "positive";
}
