import { disclaimer, type Notification, type Person } from "../contracts/index.ts";
import { zonelessDate } from "./compat/eye-body.ts";
import type { NotificationAnswer, PersonAnswer } from "./person-schemas.ts";

export const personPath = (id: string): string => `/v1/persons/${id}`;

/** A person as the native API answers: times are RFC 3339 with Z, whatever a source system's client gave. */
export function renderPerson(person: Person): PersonAnswer {
  const { id, validation, appointmentDate, oculomics, analysis } = person;
  const self = personPath(id);
  return {
    id,
    name: person.name,
    age: person.age,
    gender: person.gender,
    email: person.email,
    phone: person.phone,
    history: person.history,
    symptoms: [...person.symptoms],
    status: person.status,
    image: person.image,
    imageUrl: person.imageUrl,
    oculomics: oculomics && { ...oculomics, history: oculomics.history.map((each) => ({ ...each })) },
    analysis: analysis && { ...analysis, findings: [...analysis.findings] },
    analysisCase: person.analysisCase,
    severity: person.severity ?? null,
    model: person.model ?? null,
    validation: validation && { ...validation },
    appointmentDate: appointmentDate && `${zonelessDate(appointmentDate)}Z`,
    workflowStep: person.workflowStep,
    admittedAt: person.admittedAt,
    createdAt: person.createdAt,
    updatedAt: person.updatedAt,
    version: person.version,
    links: { self, cases: `${self}/cases`, image: person.image && `${self}/image` },
    disclaimer,
  };
}

export const renderNotification = (notification: Notification): NotificationAnswer => ({
  id: notification.id,
  personId: notification.personId,
  message: notification.message,
  at: notification.timestamp,
  read: notification.read,
  type: notification.type,
});
