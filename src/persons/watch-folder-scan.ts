import { createHash } from "node:crypto";
import {
  type AcceptedImage,
  type CaseRecord,
  type CaseStore,
  type IdempotencyClaim,
  type Notification,
  type Origin,
  type Person,
  Problem,
} from "../contracts/index.ts";
import { acceptImage, type IntakeLimits } from "../intake/index.ts";
import type { Config, Log } from "../platform/index.ts";
import { OncePerKey, screenCase } from "../screening/index.ts";
import { notificationAlert } from "./notices.ts";
import type { People, PeopleDeps } from "./people.ts";
import { type FoundFile, readFound, readSidecar } from "./watch-folder-files.ts";

/** Nobody waits for a dropped file. */
const deadlineMs = 120_000;
/** Newest notifications in which one of before a crash is looked for. */
const notificationsLookedAt = 500;
const idPattern = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})_/i;

export interface WatchFolderDeps extends PeopleDeps {
  readonly cases: Pick<CaseStore, "recordCase" | "findClaimed">;
  readonly people: People;
  readonly config: Pick<
    Config,
    | "WATCH_FOLDER_PATH"
    | "WATCH_FOLDER_POLL_SECONDS"
    | "WATCH_FOLDER_EXTENSIONS"
    | "WATCH_FOLDER_PROGRAMME"
    | "WATCH_FOLDER_DEMO"
  >;
  readonly limits: IntakeLimits;
  readonly log: Log;
}

/** What became of one file. */
export interface Scanned {
  readonly sidecar: string | undefined;
}

/**
 * One dropped file to its case, its person and what is told of it. Doing it again after a crash, at whatever point,
 * finds what was done and does the rest: the case is recorded under a claim of the file's name and content.
 */
export class FolderScan {
  readonly #deps: WatchFolderDeps;
  readonly #once: OncePerKey;

  constructor(deps: WatchFolderDeps) {
    this.#deps = deps;
    this.#once = new OncePerKey(deps.cases);
  }

  /**
   * @returns undefined when the file changed while it was read
   * @throws {Problem} what is wrong with the file, or those of `screenCase`
   */
  async run(folder: string, file: FoundFile, signal: AbortSignal): Promise<Scanned | undefined> {
    const { limits, config, newCaseId } = this.#deps;
    const bytes = await readFound(folder, file, limits.imageBytesMax);
    if (bytes === undefined) return undefined;
    const sidecar = await readSidecar(folder, file.name);
    const wished = sidecar === undefined ? idPattern.exec(file.name)?.[1] : patientOf(sidecar.text);
    const image = acceptImage(bytes, limits, file.name);
    const origin = { actor: "watch-folder", requestId: newCaseId() };
    const programme = config.WATCH_FOLDER_PROGRAMME;
    const claim = claimOf(file.name, bytes, programme);
    const earlier = await this.#deps.cases.findClaimed(claim);
    const record = earlier ?? (await this.#screen(image, wished, { claim, origin, signal, programme }));
    await this.#tell(image, record, origin, earlier !== undefined);
    return { sidecar: sidecar?.name };
  }

  /** Tells of a file that was given up. */
  async tellFailed(file: FoundFile, code: string): Promise<void> {
    const { notifications, newCaseId } = this.#deps;
    const origin = { actor: "watch-folder", requestId: newCaseId() };
    // A file's name may hold a person's: it is told by its size and why only.
    const body = JSON.stringify({ code, bytes: file.size });
    await notifications.notify({ origin, alerts: [{ kind: "scan-failed", body }] });
  }

  async #screen(
    image: AcceptedImage,
    wished: string | undefined,
    {
      claim,
      origin,
      signal,
      programme,
    }: {
      readonly claim: IdempotencyClaim;
      readonly origin: Origin;
      readonly signal: AbortSignal;
      readonly programme: string;
    },
  ): Promise<CaseRecord> {
    const person = await this.#personOf(wished, origin);
    const subject = person === undefined ? {} : { patientId: person.id };
    const request = { programme, image, subject, remainingMs: deadlineMs, origin, claim, lane: "bulk" as const };
    return this.#once.run(claim, signal, () => screenCase(this.#deps, request, signal));
  }

  /** Undefined when nobody is named, or somebody unknown: a person is never invented but for a demonstration. */
  async #personOf(wished: string | undefined, origin: Origin): Promise<Person | undefined> {
    const { persons, people, config } = this.#deps;
    const known = wished === undefined ? undefined : await persons.getPerson(wished);
    if (known !== undefined || !config.WATCH_FOLDER_DEMO) return known;
    const { total } = await persons.listPersons({ search: "Demo patient " }, 0, 1);
    const history = "Invented for a demonstration (WATCH_FOLDER_DEMO): this is not a person.";
    return people.admit({ name: `Demo patient ${total + 1}`, history }, origin);
  }

  /** @param again the case stood already: some of this may have been told */
  async #tell(image: AcceptedImage, record: CaseRecord, origin: Origin, again: boolean): Promise<void> {
    const { persons, people, notifications } = this.#deps;
    const person = record.patientId === undefined ? undefined : await persons.getPerson(record.patientId);
    const received = { kind: "scan-received" as const, body: JSON.stringify(receivedOf(record, person)) };
    if (person === undefined) {
      if (again && (await this.#wasTold(record.id))) return;
      const note = this.#unmatched(record);
      await notifications.notify({ origin, notifications: [note], alerts: [notificationAlert(note), received] });
      return;
    }
    // Ids sort by time: what stands with the person is this case, or a later one.
    if (again && person.analysisCase !== null && person.analysisCase >= record.id) return;
    await people.attach(person.id, image, record, origin);
    await notifications.notify({ origin, alerts: [received] });
  }

  /** Has the case's own id, so that it can be found again. */
  #unmatched({ id }: CaseRecord): Notification {
    const message = `A scan was read and waits to be matched with a person: case ${id}`;
    return { id, personId: null, message, timestamp: this.#deps.clock.timestamp(), read: false, type: "info" };
  }

  async #wasTold(id: string): Promise<boolean> {
    const newest = await this.#deps.notifications.listNotifications({}, 0, notificationsLookedAt);
    return newest.some((each) => each.id === id);
  }
}

const receivedOf = ({ id, programme, decision }: CaseRecord, person: Person | undefined) => ({
  caseId: id,
  patientId: person?.id ?? null,
  programme,
  outcome: decision.outcome,
});

/** @throws {Problem} json-invalid, field-invalid */
function patientOf(text: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Problem("json-invalid", { detail: "The file beside the image is not JSON." });
  }
  const id = typeof value === "object" && value !== null ? (value as Record<string, unknown>)["patient_id"] : undefined;
  if (id === undefined || id === null) return undefined;
  if (typeof id !== "string") throw new Problem("field-invalid", { detail: "patient_id beside the image is no text." });
  return id;
}

function claimOf(name: string, bytes: Buffer, programme: string): IdempotencyClaim {
  const content = sha256(bytes);
  return {
    key: sha256(`watch-folder\n${name}\n${content}`),
    fingerprint: sha256(`watch-folder\n${programme}\n${content}`),
  };
}

const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");
