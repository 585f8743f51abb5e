import { type RouteConfig, z } from "@hono/zod-openapi";
import { type AuditAction, disclaimer, type Person, Problem } from "../../contracts/index.ts";
import type { ProblemCode } from "../../contracts/problems.ts";
import { acceptBase64, base64BytesMax } from "../../intake/index.ts";
import { eyeProgramme, type PersonChange, type PersonDraft } from "../../persons/index.ts";
import { readBody, readField, readWishes } from "../case-request.ts";
import { answer, type GatewayApp } from "../documented.ts";
import {
  appointmentSchema,
  judgementSchema,
  personCasesQuery,
  personChangeSchema,
  personDraftSchema,
  personListSchema,
  personPageQuery,
  personSchema,
} from "../person-schemas.ts";
import { renderCase } from "../render-case.ts";
import { renderPerson } from "../render-person.ts";
import { content, json, problemResponses, uploadProblems } from "../responses.ts";
import { caseListSchema } from "../schemas.ts";
import { type GatewayContext, originOf, type Serving } from "../serving.ts";
import { receiveJson } from "../upload.ts";
import { readCursor } from "./case-records.ts";

const pageDefault = 50;
/** A person's fields: a history of illness may be some pages. */
const fieldBytesMax = 128 * 1024;

const tags = ["persons"];
const params = z.object({ id: z.uuid() });
const common: readonly ProblemCode[] = ["unauthorised", "store-unavailable", "internal"];
const written: readonly ProblemCode[] = ["field-invalid", "json-invalid", "body-malformed", "body-too-large"];
const aboutOne: readonly ProblemCode[] = [...common, "person-unknown"];
const bodyOf = (schema: z.ZodType) => ({ body: { required: true, content: { "application/json": { schema } } } });

const list: RouteConfig = {
  method: "get",
  path: "/v1/persons",
  operationId: "listPersons",
  summary: "People, newest first",
  tags,
  request: { query: z.object(personPageQuery) },
  responses: { 200: json("One page", personListSchema), ...problemResponses([...common, "field-invalid"]) },
};
const admit: RouteConfig = {
  method: "post",
  path: "/v1/persons",
  operationId: "admitPerson",
  summary: "Admit a person, with or without a picture",
  tags,
  request: bodyOf(personDraftSchema),
  responses: { 201: json("The person", personSchema), ...problemResponses(uploadProblems) },
};
const get: RouteConfig = {
  method: "get",
  path: "/v1/persons/{id}",
  operationId: "getPerson",
  summary: "One person",
  tags,
  request: { params },
  responses: { 200: json("The person", personSchema), ...problemResponses(aboutOne) },
};
const change: RouteConfig = {
  method: "patch",
  path: "/v1/persons/{id}",
  operationId: "changePerson",
  summary: "Change what is known of a person",
  description: "Another picture takes the analysis of the one before away.",
  tags,
  request: { params, ...bodyOf(personChangeSchema) },
  responses: {
    200: json("The person", personSchema),
    ...problemResponses([...uploadProblems, "person-unknown", "person-changed"]),
  },
};
const cases: RouteConfig = {
  method: "get",
  path: "/v1/persons/{id}/cases",
  operationId: "listPersonCases",
  summary: "A person's recorded cases, newest first",
  tags,
  request: { params, query: z.object(personCasesQuery) },
  responses: { 200: json("One page", caseListSchema), ...problemResponses([...aboutOne, "field-invalid"]) },
};
const image: RouteConfig = {
  method: "get",
  path: "/v1/persons/{id}/image",
  operationId: "getPersonImage",
  summary: "The stored picture that is to be, or was, analysed",
  tags,
  request: { params },
  responses: { 200: content("The picture", "image/*"), ...problemResponses([...aboutOne, "image-gone"]) },
};
const analyse: RouteConfig = {
  method: "post",
  path: "/v1/persons/{id}/analyse",
  operationId: "analysePerson",
  summary: `Read the stored picture (${eyeProgramme}) and keep what was seen`,
  tags,
  request: { params },
  responses: {
    200: json("The person", personSchema),
    ...problemResponses([...uploadProblems, "person-unknown", "person-changed", "person-without-image", "image-gone"]),
  },
};
const validate: RouteConfig = {
  method: "post",
  path: "/v1/persons/{id}/validate",
  operationId: "validatePerson",
  summary: "Approve or reject the analysis",
  tags,
  request: { params, ...bodyOf(judgementSchema) },
  responses: {
    200: json("The person", personSchema),
    ...problemResponses([...aboutOne, ...written, "person-changed"]),
  },
};
const schedule: RouteConfig = {
  method: "post",
  path: "/v1/persons/{id}/schedule",
  operationId: "schedulePerson",
  summary: "Note an appointment",
  tags,
  request: { params, ...bodyOf(appointmentSchema) },
  responses: {
    200: json("The person", personSchema),
    ...problemResponses([...aboutOne, ...written, "person-changed"]),
  },
};

/** People and the course of their analysis. Every read is in the audit log before its answer leaves. */
export function routePersons(app: GatewayApp, serving: Serving): void {
  routeReads(app, serving);
  answer(app, admit, async (c) => {
    const person = await withBody(serving, c, personDraftSchema, pictured(serving), ({ image, ...known }) =>
      serving.people.admit({ ...known, ...pictureOf(image, serving) } as PersonDraft, originOf(c)),
    );
    return c.json(renderPerson(person), 201);
  });
  answer(app, change, async (c) => {
    const { id } = await findPerson(serving, c);
    const person = await withBody(serving, c, personChangeSchema, pictured(serving), ({ image, ...known }) =>
      serving.people.change(id, { ...known, ...pictureOf(image, serving) } as PersonChange, originOf(c)),
    );
    return c.json(renderPerson(person));
  });
  answer(app, analyse, async (c) => {
    const { deadlineMs = serving.config.DEADLINE_MS } = readWishes(c);
    const { id } = await findPerson(serving, c);
    const remainingMs = c.get("startedAt") + deadlineMs - serving.clock.now();
    const options = { origin: originOf(c), trace: c.get("trace"), signal: c.get("signal"), remainingMs };
    return c.json(renderPerson(await serving.people.analyse(id, options)));
  });
  answer(app, validate, async (c) => {
    const { id } = await findPerson(serving, c);
    const person = await withBody(serving, c, judgementSchema, fieldBytesMax, ({ approved, reason }) =>
      serving.people.validate(id, approved, reason ?? null, originOf(c)),
    );
    return c.json(renderPerson(person));
  });
  answer(app, schedule, async (c) => {
    const { id } = await findPerson(serving, c);
    const person = await withBody(serving, c, appointmentSchema, fieldBytesMax, ({ appointmentDate }) =>
      serving.people.schedule(id, new Date(appointmentDate).toISOString().replace(".000Z", "Z"), originOf(c)),
    );
    return c.json(renderPerson(person));
  });
}

function routeReads(app: GatewayApp, serving: Serving): void {
  answer(app, list, async (c) => {
    const { search, status, skip, limit } = personPageQuery;
    const filter = {
      ...given("search", readField("search", search, c.req.query("search"))),
      ...given("status", readField("status", status, c.req.query("status") || undefined)),
    };
    const from = readField("skip", skip, c.req.query("skip")) ?? 0;
    const most = readField("limit", limit, c.req.query("limit")) ?? pageDefault;
    const { persons, total } = await serving.persons.listPersons(filter, from, most);
    await note(serving, c, "persons.listed", `persons/${persons.length}`);
    return c.json({ persons: persons.map(renderPerson), total, disclaimer });
  });
  answer(app, get, async (c) => {
    const person = await findPerson(serving, c);
    await note(serving, c, "person.read", `person/${person.id}`);
    return c.json(renderPerson(person));
  });
  answer(app, cases, async (c) => {
    const { id } = await findPerson(serving, c);
    const limit = readField("limit", personCasesQuery.limit, c.req.query("limit")) ?? pageDefault;
    const page = await serving.cases.listCases({ patientId: id }, limit, readCursor(c.req.query("cursor")));
    await note(serving, c, "cases.listed", `person/${id}`);
    const next = page.next === undefined ? {} : { next: Buffer.from(page.next).toString("base64url") };
    return c.json({ cases: page.cases.map(renderCase), ...next, disclaimer });
  });
  answer(app, image, async (c) => {
    const { id, image: stored } = await findPerson(serving, c);
    if (stored === null) throw new Problem("image-gone", { detail: "This person has no picture." });
    await note(serving, c, "image.read", `person/${id}`);
    const bytes = await serving.objects.getObject(stored.sha256);
    if (bytes === undefined) throw new Problem("image-gone");
    c.header("Content-Type", stored.mediaType);
    return c.body(new Uint8Array(bytes));
  });
}

async function findPerson({ persons }: Pick<Serving, "persons">, c: GatewayContext): Promise<Person> {
  const id = c.req.param("id") ?? "";
  const person = params.safeParse({ id }).success ? await persons.getPerson(id) : undefined;
  if (person === undefined) throw new Problem("person-unknown");
  return person;
}

const note = ({ cases }: Pick<Serving, "cases">, c: GatewayContext, action: AuditAction, object: string) =>
  cases.recordAccess({ ...originOf(c), action, object });

const given = <K extends string, T>(name: K, value: T | undefined): Partial<Record<K, T>> =>
  value === undefined ? {} : ({ [name]: value } as Partial<Record<K, T>>);

/** Fields, and a picture in base64 among them, bytes. */
const pictured = ({ limits }: Pick<Serving, "limits">): number => base64BytesMax(limits) + fieldBytesMax;

/** Reads and checks the body, and counts its bytes until what was made of it is written. */
async function withBody<T>(
  serving: Pick<Serving, "budget">,
  c: GatewayContext,
  schema: z.ZodType<T>,
  bytesMax: number,
  use: (body: T) => Promise<Person>,
): Promise<Person> {
  const lease = serving.budget.reserve(0);
  try {
    return await use(readBody(schema, await receiveJson(serving, c, { bytesMax, lease })));
  } finally {
    lease.release();
  }
}

/** @throws {Problem} base64-invalid, and what `acceptImage` throws */
function pictureOf(
  text: string | null | undefined,
  { limits }: Pick<Serving, "limits">,
): Pick<PersonChange, "picture"> {
  if (text === undefined) return {};
  if (text === null) return { picture: null };
  return { picture: { image: acceptBase64(text, limits) } };
}
