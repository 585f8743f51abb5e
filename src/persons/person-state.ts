import type { Person, PersonStatus, Validation, WorkflowStep } from "../contracts/index.ts";
import type { Described } from "./join-words.ts";

// Every change of where a person stands is one of these functions; nothing else writes step, status or validation.

/** What no write may set by hand. */
type Course = Pick<Person, "status" | "workflowStep" | "analysis" | "analysisCase" | "validation">;

/**
 * Where a person stands follows from what is known. Without an analysis that is what was said at admission. A case that
 * nobody and nothing has decided is pending, and so is one whose analysis was rejected: neither is ever stable.
 */
function statusOf({ analysis, severity, validation, workflowStep, status }: Person): PersonStatus {
  if (analysis === null) return status;
  if (validation?.status === "rejected") return "Pending Analysis";
  if (severity === "critical") return "Critical";
  if (severity === undefined || severity === null || severity === "undecided") return "Pending Analysis";
  return validation?.status === "approved" && workflowStep === 4 ? "Discharged" : "Stable";
}

const settled = (person: Person): Person => ({ ...person, status: statusOf(person) });

/** An analysis that rested on another picture is no analysis of this one; urgency that was known stays. */
export function withImage(person: Person, image: Person["image"], imageUrl: string | null): Person {
  if (image?.sha256 === person.image?.sha256 && imageUrl === person.imageUrl) return person;
  const course: Course = {
    status: person.analysis !== null && person.status !== "Critical" ? "Pending Analysis" : person.status,
    workflowStep: 1,
    analysis: null,
    analysisCase: null,
    validation: null,
  };
  return { ...person, ...course, image, imageUrl, severity: null, model: null };
}

/** A new analysis awaits its validation; an earlier one's does not hold for it. */
export function analysed(person: Person, described: Described, caseId: string): Person {
  const { analysis, severity, model } = described;
  return settled({ ...person, analysis, analysisCase: caseId, severity, model, validation: null, workflowStep: 2 });
}

export const validated = (person: Person, validation: Validation): Person =>
  settled({ ...person, validation, workflowStep: validation.status === "approved" ? 3 : 1 });

export const scheduled = (person: Person, date: string): Person =>
  settled({ ...person, appointmentDate: date, workflowStep: 4 });

/** A date that is only written down moves nothing; one that is taken back leaves nothing complete. */
export function withAppointment(person: Person, date: string | null): Person {
  const workflowStep = date === null && person.workflowStep === 4 ? stepBefore(person) : person.workflowStep;
  return settled({ ...person, appointmentDate: date, workflowStep });
}

function stepBefore({ analysis, validation }: Person): WorkflowStep {
  if (validation?.status === "approved") return 3;
  return analysis === null || validation?.status === "rejected" ? 1 : 2;
}
