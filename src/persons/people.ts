import {
  type AcceptedImage,
  type CaseRecord,
  type EyeAnalyst,
  type ImageRef,
  isProblem,
  type Notification,
  type NotificationStore,
  type NotificationType,
  type Origin,
  type Person,
  type PersonStatus,
  type PersonStore,
  Problem,
  type TraceContext,
  type Trail,
} from "../contracts/index.ts";
import { type ScreeningDeps, screenCase } from "../screening/index.ts";
import { isAbnormal, isUnreadable, lacksSecondLook, notificationTypeOf } from "./analysis-of.ts";
import { type Described, describe, joinWords } from "./join-words.ts";
import { abnormalScanAlert, notificationAlert } from "./notices.ts";
import { analysed, scheduled, validated, withAppointment, withImage } from "./person-state.ts";

export interface PeopleDeps extends ScreeningDeps {
  readonly persons: PersonStore;
  readonly notifications: NotificationStore;
  /** Puts pictures into words, where one is configured. */
  readonly vlm?: EyeAnalyst | undefined;
}

/** The programme that reads people's pictures. */
export const eyeProgramme = "ophthalmology";

/** Somebody else may change a person while we do: so often it is tried on what stands by then. */
const changeAttemptsMax = 32;

type Known = Pick<Person, "name" | "age" | "gender" | "email" | "phone" | "history" | "symptoms" | "oculomics">;

export interface PersonDraft extends Partial<Omit<Known, "name">>, PictureChange {
  readonly name: string;
  /** Stands only until something is known: an analysis says more than whoever typed this. */
  readonly status?: PersonStatus | undefined;
}

/** A picture, or an address in place of one, or neither. Absent: stays as it is. */
interface PictureChange {
  readonly picture?: { readonly image: AcceptedImage } | { readonly url: string } | null;
}

/** Absent: stays as it is. Status, step, analysis and validation are no one's to set. */
export interface PersonChange extends Partial<Known>, PictureChange {
  readonly appointmentDate?: string | null;
}

export interface ReadOptions {
  readonly signal: AbortSignal;
  /** Time left until the caller gives up, ms. */
  readonly remainingMs: number;
}

export interface AnalyseOptions extends ReadOptions {
  readonly origin: Origin;
  /** What the reading is a part of. */
  readonly trace?: TraceContext | undefined;
}

/**
 * The people whose pictures are read, and every way in which one of them changes. Each write leaves, in its own
 * transaction, its line in the audit log and what is told about it.
 *
 * Any method can fail with store-unavailable; one that takes an id with person-unknown, and with person-changed when
 * others keep changing the same person.
 */
export class People {
  readonly #deps: PeopleDeps;

  constructor(deps: PeopleDeps) {
    this.#deps = deps;
  }

  async admit(draft: PersonDraft, origin: Origin): Promise<Person> {
    const { picture, status, ...known } = draft;
    const at = this.#deps.clock.timestamp();
    const stored = await this.#store(picture);
    const person: Person = {
      ...unknownPerson,
      ...known,
      ...stored,
      id: this.#deps.newCaseId(),
      status: status ?? "Pending Analysis",
      admittedAt: at,
      createdAt: at,
      updatedAt: at,
    };
    const type = person.status === "Critical" ? "critical" : "info";
    await this.#deps.persons.createPerson(
      person,
      this.#trail(origin, person, `New case admitted: ${draft.name}`, type),
    );
    return person;
  }

  async change(id: string, change: PersonChange, origin: Origin): Promise<Person> {
    const { picture, appointmentDate, ...known } = change;
    if (picture !== undefined) await this.#known(id);
    const stored = await this.#store(picture);
    return this.#write(id, (person) => {
      const pictured = stored === undefined ? person : withImage(person, stored.image, stored.imageUrl);
      const dated = appointmentDate === undefined ? pictured : withAppointment(pictured, appointmentDate);
      return [{ ...dated, ...known }, { origin }];
    });
  }

  /** The row stays hidden, with the reason where one was given; the person's notifications go. */
  async remove(id: string, reason: string | null, origin: Origin): Promise<void> {
    if (reason !== null) await this.#write(id, (person) => [{ ...person, removalReason: reason }, { origin }]);
    const removed = await this.#deps.persons.removePerson(id, this.#deps.clock.timestamp(), { origin });
    if (!removed) throw personUnknown(id);
  }

  /**
   * Reads the stored picture and keeps what was seen.
   * @throws {Problem} person-without-image, image-gone, and those of `screenCase`
   */
  async analyse(id: string, { origin, trace, signal, remainingMs }: AnalyseOptions): Promise<Person> {
    const { clock, objects } = this.#deps;
    const deadline = clock.now() + remainingMs;
    const { image: ref } = await this.#known(id);
    if (ref === null) throw new Problem("person-without-image");
    const bytes = await objects.getObject(ref.sha256);
    if (bytes === undefined) throw new Problem("image-gone");
    const image = { ...ref, bytes, uploadedBytes: bytes.length };
    const record = await screenCase(
      this.#deps,
      {
        programme: eyeProgramme,
        image,
        subject: { patientId: id },
        remainingMs: deadline - clock.now(),
        origin,
        trace,
      },
      signal,
    );
    const described = await this.describe(record, image, { signal, remainingMs: deadline - clock.now() });
    return this.#keep(id, described, record, origin, (person) => {
      // Somebody has put another picture in its place: what was read is not of that one.
      if (person.image?.sha256 !== ref.sha256) throw new Problem("person-changed");
      return person;
    });
  }

  /** A picture that came by another way, with the case that was made of it. */
  async attach(id: string, image: AcceptedImage, record: CaseRecord, origin: Origin): Promise<Person> {
    const ref = refOf(image);
    return this.#keep(id, describe(record), record, origin, (person) => withImage(person, ref, null));
  }

  /** What a recorded case says, with the words of the vision-language model where one is ready to give them. */
  async describe(record: CaseRecord, image: AcceptedImage, { signal, remainingMs }: ReadOptions): Promise<Described> {
    const { vlm } = this.#deps;
    // A picture that cannot be read needs no words, and need not leave for them.
    if (vlm?.loaded !== true || isUnreadable(record) || lacksSecondLook(record) || remainingMs <= 0)
      return describe(record);
    try {
      return joinWords(record, await vlm.analyse(image, signal, { remainingMs }));
    } catch (error) {
      if (!isProblem(error) || error.code === "client-closed-request") throw error;
      // The packs have answered and the case is recorded: words that could not be had take nothing away from that.
      const own = describe(record);
      const explanation = `${own.analysis.explanation} The vision-language model gave no words (${error.code}).`;
      return { ...own, analysis: { ...own.analysis, explanation } };
    }
  }

  /** Without an analysis it is noted as one of nothing: step and word change, what is known of the person does not. */
  async validate(id: string, approved: boolean, reason: string | null, origin: Origin): Promise<Person> {
    const at = this.#deps.clock.timestamp();
    return this.#write(id, (person) => {
      const status = approved ? "approved" : "rejected";
      const validation = { status, by: origin.actor, at, caseId: person.analysisCase, reason } as const;
      return [validated(person, validation), { origin, action: "person.validated" }];
    });
  }

  /** @param date ISO 8601, kept as it is */
  async schedule(id: string, date: string, origin: Origin): Promise<Person> {
    return this.#write(id, (person) => {
      const message = `Appointment scheduled for ${person.name} on ${date.slice(0, 16).replace("T", " ")}`;
      return [
        scheduled(person, date),
        { ...this.#trail(origin, person, message, "success"), action: "person.scheduled" },
      ];
    });
  }

  async notify(id: string, message: string, type: NotificationType, origin: Origin): Promise<Notification> {
    const notification = this.#notification(await this.#known(id), message, type);
    const alerts = [notificationAlert(notification)];
    await this.#deps.notifications.notify({ origin, notifications: [notification], alerts });
    return notification;
  }

  async #known(id: string): Promise<Person> {
    const person = await this.#deps.persons.getPerson(id);
    if (person === undefined) throw personUnknown(id);
    return person;
  }

  async #keep(
    id: string,
    described: Described,
    record: CaseRecord,
    origin: Origin,
    prepare: (person: Person) => Person,
  ): Promise<Person> {
    const { analysis, severity } = described;
    const { classification, confidence } = analysis;
    const scan = { patientId: id, caseId: record.id, classification, confidence, severity };
    return this.#write(id, (person) => {
      const message = `AI analysis completed for ${person.name}: ${classification}`;
      const trail = this.#trail(origin, person, message, notificationTypeOf(record, severity));
      const alerts = [...(trail.alerts ?? []), ...(isAbnormal(record) ? [abnormalScanAlert(scan)] : [])];
      return [analysed(prepare(person), described, record.id), { ...trail, alerts, action: "person.analysed" }];
    });
  }

  async #write(id: string, update: (person: Person) => readonly [Person, Trail]): Promise<Person> {
    const { persons, clock } = this.#deps;
    for (let attempt = 0; attempt < changeAttemptsMax; attempt++) {
      const standing = await this.#known(id);
      const [changed, trail] = update(standing);
      const next = { ...changed, updatedAt: clock.timestamp(), version: standing.version + 1 };
      if (await persons.replacePerson(next, trail)) return next;
    }
    throw new Problem("person-changed");
  }

  async #store(picture: PictureChange["picture"]): Promise<Pick<Person, "image" | "imageUrl"> | undefined> {
    if (picture === undefined) return undefined;
    if (picture === null) return { image: null, imageUrl: null };
    if ("url" in picture) return { image: null, imageUrl: picture.url };
    await this.#deps.objects.putObject(picture.image);
    return { image: refOf(picture.image), imageUrl: null };
  }

  #trail(origin: Origin, person: Person, message: string, type: NotificationType): Trail {
    const notification = this.#notification(person, message, type);
    return { origin, notifications: [notification], alerts: [notificationAlert(notification)] };
  }

  #notification({ id }: Person, message: string, type: NotificationType): Notification {
    const { newCaseId, clock } = this.#deps;
    return { id: newCaseId(), personId: id, message, timestamp: clock.timestamp(), read: false, type };
  }
}

const unknownPerson = {
  age: null,
  gender: null,
  email: null,
  phone: null,
  history: null,
  symptoms: [],
  image: null,
  imageUrl: null,
  oculomics: null,
  analysis: null,
  analysisCase: null,
  validation: null,
  appointmentDate: null,
  workflowStep: 1,
  version: 1,
} as const;

const refOf = ({ sha256, mediaType, bytes, width, height }: AcceptedImage): ImageRef => ({
  sha256,
  mediaType,
  bytes: bytes.length,
  width,
  height,
});

/** An id is whatever a caller wrote. */
const shownIdCharsMax = 64;

const personUnknown = (id: string): Problem =>
  new Problem("person-unknown", { detail: `Patient with id ${id.slice(0, shownIdCharsMax)} not found` });
