import type { Person } from "../../src/contracts/index.ts";
import { newCaseId } from "../../src/platform/index.ts";

/** A person of whom nothing is known but a name. */
export function person(change: Partial<Person> = {}): Person {
  const at = "2026-01-01T10:00:00.000Z";
  return {
    id: newCaseId(),
    name: "Ada",
    age: null,
    gender: null,
    email: null,
    phone: null,
    history: null,
    symptoms: [],
    status: "Pending Analysis",
    image: null,
    imageUrl: null,
    oculomics: null,
    analysis: null,
    analysisCase: null,
    validation: null,
    appointmentDate: null,
    workflowStep: 1,
    admittedAt: at,
    createdAt: at,
    updatedAt: at,
    version: 1,
    ...change,
  };
}
