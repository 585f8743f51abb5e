import { z } from "@hono/zod-openapi";
import { type Person, Problem } from "../../contracts/index.ts";
import { type GatewayContext, originOf, type Serving } from "../serving.ts";
import { receiveJson } from "../upload.ts";
import { pythonTime } from "./cataract-answer.ts";
import { parseInput } from "./fastapi-problem.ts";
import { deprecate } from "./profile.ts";

/** A person's fields are short; a history of illness may be some pages. */
const bodyBytesMax = 64 * 1024;
const pageDefault = 10;
/** The source bounds nothing; what is beyond is on the next page. */
const pageMax = 1000;

/** The fuller view of the same persons. */
const successor = "/p/eye/api/patients";

/** NUL and halves of characters, which no database takes. */
const unstorable = /[\0\p{Surrogate}]/u;
const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !unstorable.test(value), "NUL and broken characters are not allowed");
/** A whole number, also as the text that lax clients of the source send. */
const lax = (schema: z.ZodType<number>) =>
  z.preprocess((value, context) => {
    if (typeof value !== "string") return value;
    if (/^\s*[+-]?\d{1,15}(\.0*)?\s*$/.test(value)) return Number(value);
    context.addIssue({ code: "invalid_type", expected: "int", input: value });
    return z.NEVER;
  }, schema);

export const patientInSchema = z
  .object({
    name: text(200).min(1, { abort: true }).regex(/\S/, "the name is empty"),
    age: lax(z.int().min(0).max(150))
      .nullish()
      .openapi({ type: ["integer", "null"] }),
    email: text(254).nullish(),
    phone: text(64).nullish(),
    medical_history: text(20_000).nullish(),
  })
  .openapi("DrPatientIn");

export const patientSchema = z
  .strictObject({
    name: z.string(),
    age: z.int().nullable(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    medical_history: z.string().nullable(),
    id: z.string(),
    created_at: z.string().openapi({ description: "UTC without a zone", example: "2026-01-01T10:00:00.000000" }),
    updated_at: z.string(),
  })
  .openapi("DrPatient");

export const patientPageSchema = z.object({
  skip: lax(z.int().min(0)).default(0).openapi({ type: "integer", example: 0 }),
  limit: lax(z.int().min(0))
    .default(pageDefault)
    .openapi({
      type: "integer",
      example: pageDefault,
      description: `At most ${pageMax} are answered at a time`,
    }),
});

export async function createPatient(serving: Serving, c: GatewayContext): Promise<Response> {
  deprecate(c, successor);
  const body = await receiveJson(serving, c, { bytesMax: bodyBytesMax });
  const given = parseInput(patientInSchema, body, "body");
  const person = newPerson(given, serving.newCaseId(), serving.clock.timestamp());
  await serving.persons.createPerson(person, { origin: originOf(c) });
  return c.json(patientOf(person));
}

export async function readPatient(serving: Serving, c: GatewayContext): Promise<Response> {
  deprecate(c, successor);
  const person = await serving.persons.getPerson(c.req.param("id") ?? "");
  if (person === undefined) throw new Problem("person-unknown");
  await serving.cases.recordAccess({ ...originOf(c), action: "person.read", object: `person/${person.id}` });
  return c.json(patientOf(person));
}

/** A bare array, newest first; how many there are and where it goes on is in the headers. */
export async function listPatients(serving: Serving, c: GatewayContext): Promise<Response> {
  deprecate(c, successor);
  const { skip, limit: wished } = parseInput(patientPageSchema, c.req.query(), "query");
  const limit = Math.min(wished, pageMax);
  const { persons, total } = await serving.persons.listPersons({}, skip, limit);
  await serving.cases.recordAccess({ ...originOf(c), action: "persons.listed", object: `persons/${persons.length}` });
  c.header("X-Total-Count", String(total));
  const next = skip + limit;
  if (limit > 0 && next < total)
    c.header("Link", `<${new URL(c.req.url).pathname}?skip=${next}&limit=${limit}>; rel="next"`, { append: true });
  return c.json(persons.map(patientOf));
}

function newPerson(given: z.output<typeof patientInSchema>, id: string, at: string): Person {
  return {
    id,
    name: given.name,
    age: given.age ?? null,
    gender: null,
    email: given.email ?? null,
    phone: given.phone ?? null,
    history: given.medical_history ?? null,
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
  };
}

const patientOf = (person: Person): z.output<typeof patientSchema> => ({
  name: person.name,
  age: person.age,
  email: person.email,
  phone: person.phone,
  medical_history: person.history,
  id: person.id,
  created_at: pythonTime(person.createdAt),
  updated_at: pythonTime(person.updatedAt),
});
