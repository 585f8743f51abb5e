import { z } from "@hono/zod-openapi";
import { type AuditAction, type Person, Problem } from "../../contracts/index.ts";
import type { JsonObject } from "../../intake/index.ts";
import type { PersonChange } from "../../persons/index.ts";
import { readWishes } from "../case-request.ts";
import { type GatewayContext, originOf, type Serving } from "../serving.ts";
import { fieldBytesMax, picturedBytesMax, readBody, readDate, readPicture } from "./eye-body.ts";
import { imagePath, renderPatients } from "./eye-patient.ts";
import {
  judgementSchema,
  pageMax,
  patientChangeSchema,
  patientDraftSchema,
  patientPageSchema,
  removalSchema,
} from "./eye-patient-fields.ts";
import { type InputPlace, invalidInput, missingInput, parseInput } from "./fastapi-problem.ts";

export async function listPatients(serving: Serving, c: GatewayContext): Promise<Response> {
  const { skip, limit: wished, status, search } = parseInput(patientPageSchema, c.req.query(), "query");
  const limit = Math.min(wished, pageMax);
  const filter = { ...(status !== undefined && { status }), ...(search !== undefined && { search }) };
  const { persons, total } = await serving.persons.listPersons(filter, skip, limit);
  await note(serving, c, "persons.listed", `persons/${persons.length}`);
  c.header("X-Total-Count", String(total));
  return c.json(await renderPatients(serving, c, persons));
}

export async function readPatient(serving: Serving, c: GatewayContext): Promise<Response> {
  const person = await findPerson(serving, c);
  await note(serving, c, "person.read", `person/${person.id}`);
  return answerPatient(serving, c, person);
}

export async function admitPatient(serving: Serving, c: GatewayContext): Promise<Response> {
  const lease = serving.budget.reserve(0);
  try {
    const body = await readBody(serving, c, { bytesMax: picturedBytesMax(serving), lease });
    const { image_url, symptoms, status, ...known } = parseInput(patientDraftSchema, body, "body");
    const picture = readPicture(image_url ?? null, serving);
    const draft = {
      name: known.name,
      age: known.age,
      gender: known.gender,
      history: known.history ?? null,
      oculomics: known.oculomics ?? null,
      symptoms: symptoms ?? [],
      status: status ?? undefined,
      picture: picture ?? null,
    };
    return await answerPatient(serving, c, await serving.people.admit(draft, originOf(c)), 201);
  } finally {
    lease.release();
  }
}

/** What moves by its own routes only. */
const untouchable = ["ai_analysis", "validation_status", "workflow_step"] as const;

export async function changePatient(serving: Serving, c: GatewayContext): Promise<Response> {
  const lease = serving.budget.reserve(0);
  try {
    const body = await readBody(serving, c, { bytesMax: picturedBytesMax(serving), lease });
    const { image_url, appointment_date, symptoms, status, ...known } = parseInput(patientChangeSchema, body, "body");
    const standing = await findPerson(serving, c);
    const change: PersonChange = {
      ...present(known),
      ...(symptoms !== undefined && { symptoms: symptoms ?? [] }),
      ...(appointment_date !== undefined && {
        appointmentDate: appointment_date === null ? null : readDate(appointment_date, "body", "appointment_date"),
      }),
      ...(image_url !== undefined && !isOwnLink(image_url, standing) && picturedBy(image_url, serving)),
    };
    const person = await serving.people.change(standing.id, change, originOf(c));
    const ignored: string[] = untouchable.filter((name) => Object.hasOwn(body, name));
    if (status !== undefined && status !== person.status) ignored.push("status");
    if (ignored.length > 0) c.header("X-Ignored-Fields", ignored.join(", "));
    return await answerPatient(serving, c, person);
  } finally {
    lease.release();
  }
}

export async function removePatient(serving: Serving, c: GatewayContext): Promise<Response> {
  const { reason } = parseInput(removalSchema, c.req.query(), "query");
  const id = c.req.param("id") ?? "";
  await serving.people.remove(id, reason ?? null, originOf(c));
  return c.json({ message: `Patient ${id} deleted successfully`, success: true });
}

export async function analysePatient(serving: Serving, c: GatewayContext): Promise<Response> {
  const { deadlineMs = serving.config.DEADLINE_MS } = readWishes(c);
  const remainingMs = c.get("startedAt") + deadlineMs - serving.clock.now();
  const options = { origin: originOf(c), trace: c.get("trace"), signal: c.get("signal"), remainingMs };
  const person = await serving.people.analyse(c.req.param("id") ?? "", options);
  c.header("X-Programme", "ophthalmology");
  c.header("X-Model", person.model ?? "");
  return answerPatient(serving, c, person);
}

export async function validatePatient(serving: Serving, c: GatewayContext): Promise<Response> {
  const body = await readBody(serving, c, { bytesMax: fieldBytesMax });
  const approved = inQueryOrBody(c, body, "approved", readApproval);
  const { reason } = parseInput(judgementSchema.pick({ reason: true }), body, "body");
  const id = c.req.param("id") ?? "";
  return answerPatient(serving, c, await serving.people.validate(id, approved, reason ?? null, originOf(c)));
}

export async function schedulePatient(serving: Serving, c: GatewayContext): Promise<Response> {
  const body = await readBody(serving, c, { bytesMax: fieldBytesMax });
  const date = inQueryOrBody(c, body, "appointment_date", (value, place) => readDate(value, place, "appointment_date"));
  return answerPatient(serving, c, await serving.people.schedule(c.req.param("id") ?? "", date, originOf(c)));
}

/** The stored picture; the link in an answer leads here. */
export async function readPatientImage(serving: Serving, c: GatewayContext): Promise<Response> {
  const { id, image } = await findPerson(serving, c);
  if (image === null) throw new Problem("image-gone");
  await note(serving, c, "image.read", `person/${id}`);
  const bytes = await serving.objects.getObject(image.sha256);
  if (bytes === undefined) throw new Problem("image-gone");
  c.header("Content-Type", image.mediaType);
  return c.body(new Uint8Array(bytes));
}

async function findPerson({ persons }: Serving, c: GatewayContext): Promise<Person> {
  const id = c.req.param("id") ?? "";
  const person = uuid.safeParse(id).success ? await persons.getPerson(id) : undefined;
  if (person === undefined)
    throw new Problem("person-unknown", { detail: `Patient with id ${id.slice(0, shownIdCharsMax)} not found` });
  return person;
}

const uuid = z.uuid();
const shownIdCharsMax = 64;

const note = ({ cases }: Serving, c: GatewayContext, action: AuditAction, object: string): Promise<void> =>
  cases.recordAccess({ ...originOf(c), action, object });

async function answerPatient(
  serving: Serving,
  c: GatewayContext,
  person: Person,
  status: 200 | 201 = 200,
): Promise<Response> {
  const [rendered] = await renderPatients(serving, c, [person]);
  return c.json(rendered, status);
}

/** A client that sends a whole person back sends our own link for the picture, which is then the one that is there. */
function isOwnLink(address: string | null, { id, image }: Person): boolean {
  if (address === null || image === null || !/^https?:/i.test(address)) return false;
  const path = address.split("?", 1)[0] ?? "";
  return path.endsWith(imagePath(id)) || path.includes(image.sha256);
}

function picturedBy(text: string | null, serving: Serving): Pick<PersonChange, "picture"> {
  const picture = readPicture(text, serving);
  return picture === undefined ? {} : { picture };
}

const present = (object: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

const readApproval = (approved: unknown, place: InputPlace): boolean =>
  parseInput(judgementSchema.pick({ approved: true }), { approved }, place).approved;

/**
 * What the query or the body says; both may, and the query more than once, if it is the same.
 * @throws {Problem} field-invalid where nothing says it, or two say something else, and what `read` throws
 */
function inQueryOrBody<T>(
  c: GatewayContext,
  body: JsonObject,
  name: string,
  read: (value: unknown, place: InputPlace) => T,
): T {
  const values = (c.req.queries(name) ?? []).map((value) => read(value, "query"));
  if (Object.hasOwn(body, name)) values.push(read(body[name], "body"));
  const [value] = values;
  if (value === undefined) throw invalidInput([missingInput("query", name)]);
  if (values.some((other) => other !== value))
    throw invalidInput([
      { type: "value_error", loc: ["query", name], msg: "The values that are given differ", input: null },
    ]);
  return value;
}
