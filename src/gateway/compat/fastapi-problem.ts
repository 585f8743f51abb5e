import { z } from "@hono/zod-openapi";
import { Problem, type ProblemCode } from "../../contracts/index.ts";
import { reply } from "../problem-reply.ts";
import type { GatewayContext } from "../serving.ts";

/** Where in a request a value is looked for, as FastAPI names it. */
export type InputPlace = "body" | "query" | "path";

/** One entry of FastAPI's 422 list. */
export interface FastApiIssue {
  /** pydantic's name for what is wrong, e.g. `missing`. */
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  /** The value, where it is a short scalar; else null. */
  readonly input: unknown;
  readonly ctx?: Readonly<Record<string, unknown>>;
}

const issueSchema = z.looseObject({
  type: z.string(),
  loc: z.array(z.union([z.string(), z.int()])),
  msg: z.string(),
  input: z.unknown(),
});

/** What a FastAPI server refuses with, and ours beside it. */
export const fastApiErrorSchema = z
  .looseObject({
    detail: z.union([z.string(), z.array(issueSchema)]),
    code: z.string(),
    reason: z.string(),
    request_id: z.string(),
  })
  .openapi("FastApiError");

/** Whatever is wrong with an image file, other than its size in bytes. */
export const badImageCodes: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  "image-type-unsupported",
  "image-malformed",
  "image-undecodable",
  "image-too-many-pixels",
  "image-too-small",
  "image-multiframe",
  "input-quarantined",
  "base64-invalid",
]);

/** FastAPI's words, which its clients may compare. */
const sourceWords: Partial<Record<ProblemCode, string>> = {
  "route-not-found": "Not Found",
  "method-not-allowed": "Method Not Allowed",
  internal: "Internal Server Error",
};

/** The list travels as the problem's cause: nothing but this file's reply looks at it. */
class IssueList extends Error {
  readonly issues: readonly FastApiIssue[];

  constructor(issues: readonly FastApiIssue[]) {
    super("the input does not fit its schema");
    this.issues = issues;
  }
}

/**
 * Reads a part of a request by its schema.
 * @throws {Problem} field-invalid, which `replyFastApiProblem` answers as FastAPI's 422
 */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown, place: InputPlace): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalidInput(onePerField(parsed.error.issues.map((issue) => issueOf(issue, schema, input, place))));
}

/** The last, as pydantic knows nothing of the bound that zod has of its own for whole numbers. */
const onePerField = (issues: readonly FastApiIssue[]): FastApiIssue[] => [
  ...new Map(issues.map((issue) => [issue.loc.join("."), issue])).values(),
];

export function invalidInput(issues: readonly FastApiIssue[]): Problem {
  const fields = issues.map(({ loc, msg }) => ({ name: loc.slice(1).join("."), message: msg }));
  return new Problem("field-invalid", {
    detail: fields.map(({ name, message }) => `${name}: ${message}`).join("; "),
    fields,
    cause: new IssueList(issues),
  });
}

export const missingInput = (place: InputPlace, name: string): FastApiIssue => ({
  type: "missing",
  loc: [place, name],
  msg: "Field required",
  input: null,
});

/**
 * Whether a body is of a kind in which nothing could be looked for, such as the form that most clients send when no file
 * is in it. A FastAPI server does not read such a body and then misses what it should hold.
 */
export function isOtherKindOfBody(c: GatewayContext, { code }: Problem): boolean {
  const type = (c.req.header("content-type") ?? "").trim();
  return (
    code === "body-malformed" && !/^(multipart\/|image\/|application\/(octet-stream|([a-z0-9.-]+\+)?json))/i.test(type)
  );
}

const noObject: FastApiIssue = {
  type: "model_attributes_type",
  loc: ["body"],
  msg: "Input should be a valid dictionary or object to extract fields from",
  input: null,
};

/**
 * `{"detail": ...}` with our code and reason beside it: a list with 422 where a field is wrong, else a text.
 * @param own what this source system says and answers with instead
 */
export function replyFastApiProblem(
  c: GatewayContext,
  problem: Problem,
  own: { readonly detail?: string | readonly FastApiIssue[]; readonly status?: number } = {},
): Response {
  const { code } = problem;
  const reason = problem.detail ?? problem.spec.title;
  const issues = isOtherKindOfBody(c, problem) ? [noObject] : listOf(problem);
  const detail = own.detail ?? issues ?? sourceWords[code] ?? reason;
  const fields = problem.fields && { fields: problem.fields };
  const body = { detail, code, reason, request_id: c.get("requestId"), ...fields };
  return reply(c, problem, "application/json", body, own.status ?? (issues === undefined ? undefined : 422));
}

function listOf({ code, cause, fields, detail }: Problem): readonly FastApiIssue[] | undefined {
  if (cause instanceof IssueList) return cause.issues;
  if (code === "json-invalid")
    return [{ type: "json_invalid", loc: ["body", 0], msg: "JSON decode error", input: {}, ctx: { error: detail } }];
  if (code !== "field-invalid") return undefined;
  const named = fields ?? [{ name: "", message: detail ?? "not allowed" }];
  return named.map(({ name, message }) => ({
    type: "value_error",
    loc: ["body", ...name.split(".").filter((part) => part !== "")],
    msg: message,
    input: null,
  }));
}

type ZodIssue = z.core.$ZodIssue;
type Said = Pick<FastApiIssue, "type" | "msg" | "ctx">;

function issueOf(issue: ZodIssue, schema: z.ZodType, whole: unknown, place: InputPlace): FastApiIssue {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  const value = valueAt(whole, path);
  const said: Said = value === undefined ? { type: "missing", msg: "Field required" } : wordsOf(issue, schema, value);
  return {
    type: said.type,
    loc: [place, ...path],
    msg: said.msg,
    input: shown(value),
    ...(said.ctx && { ctx: said.ctx }),
  };
}

function valueAt(whole: unknown, path: readonly (string | number)[]): unknown {
  let value = whole;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/** An image in base64 is not sent back. */
const shownCharsMax = 200;

function shown(value: unknown): unknown {
  if (typeof value === "string") return value.length > shownCharsMax ? null : value;
  return typeof value === "number" || typeof value === "boolean" ? value : null;
}

/** pydantic's words for zod's finding. */
function wordsOf(issue: ZodIssue, schema: z.ZodType, value: unknown): Said {
  switch (issue.code) {
    case "invalid_type":
      return wrongType(isWhole(schema, issue.path) ? "int" : issue.expected, value);
    case "too_small":
      return tooSmall(issue.origin, Number(issue.minimum));
    case "too_big":
      return tooBig(issue.origin, Number(issue.maximum));
    case "invalid_value":
      return oneOf(issue.values.map(String));
    default:
      return { type: "value_error", msg: `Value error, ${issue.message}`, ctx: { error: issue.message } };
  }
}

/** As much of a schema as leads from the whole to one of its parts. */
interface SchemaPart {
  readonly def: {
    readonly format?: string;
    readonly innerType?: SchemaPart;
    readonly out?: SchemaPart;
    readonly element?: SchemaPart;
    readonly shape?: Readonly<Record<string, SchemaPart>>;
  };
}

/** Whether a whole number is wanted there: of a text in its place zod says only that it is no number. */
function isWhole(schema: z.ZodType, path: readonly PropertyKey[]): boolean {
  let part = unwrapped(schema as unknown as SchemaPart);
  for (const name of path) part = unwrapped(part?.def.shape?.[String(name)] ?? part?.def.element);
  return part?.def.format === "safeint";
}

function unwrapped(part: SchemaPart | undefined): SchemaPart | undefined {
  const inner = part?.def.innerType ?? part?.def.out;
  return inner === undefined ? part : unwrapped(inner);
}

function wrongType(expected: string, value: unknown): Said {
  const isText = typeof value === "string";
  switch (expected) {
    case "string":
      return { type: "string_type", msg: "Input should be a valid string" };
    case "int":
      if (typeof value === "number")
        return {
          type: "int_from_float",
          msg: "Input should be a valid integer, got a number with a fractional part",
        };
      return isText
        ? { type: "int_parsing", msg: "Input should be a valid integer, unable to parse string as an integer" }
        : { type: "int_type", msg: "Input should be a valid integer" };
    case "number":
      return isText
        ? { type: "float_parsing", msg: "Input should be a valid number, unable to parse string as a number" }
        : { type: "float_type", msg: "Input should be a valid number" };
    case "boolean":
      return { type: "bool_parsing", msg: "Input should be a valid boolean, unable to interpret input" };
    case "array":
      return { type: "list_type", msg: "Input should be a valid list" };
    default:
      return { type: "dict_type", msg: "Input should be a valid dictionary" };
  }
}

function tooSmall(origin: string, min: number): Said {
  if (origin === "string") {
    const msg = `String should have at least ${min} character${min === 1 ? "" : "s"}`;
    return { type: "string_too_short", msg, ctx: { min_length: min } };
  }
  if (origin === "array") return { type: "too_short", msg: `List should have at least ${min} items` };
  return { type: "greater_than_equal", msg: `Input should be greater than or equal to ${min}`, ctx: { ge: min } };
}

function tooBig(origin: string, max: number): Said {
  if (origin === "string") {
    const msg = `String should have at most ${max} character${max === 1 ? "" : "s"}`;
    return { type: "string_too_long", msg, ctx: { max_length: max } };
  }
  if (origin === "array") return { type: "too_long", msg: `List should have at most ${max} items` };
  return { type: "less_than_equal", msg: `Input should be less than or equal to ${max}`, ctx: { le: max } };
}

function oneOf(values: readonly string[]): Said {
  const quoted = values.map((value) => `'${value}'`);
  const expected = quoted.length > 1 ? `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}` : String(quoted[0]);
  return { type: "enum", msg: `Input should be ${expected}`, ctx: { expected } };
}
