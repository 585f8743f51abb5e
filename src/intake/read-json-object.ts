import { Problem } from "../contracts/problems.ts";
import { contentLength, malformedBody } from "./body-kind.ts";
import type { ByteBudget, ByteLease } from "./byte-budget.ts";
import { cutJsonObject, parseJson } from "./json-members.ts";
import { readWhole } from "./read-whole.ts";
import type { Upload } from "./upload.ts";

export interface JsonObjectOptions {
  /** Most bytes that the body may have. */
  readonly bytesMax: number;
  /** Aborts when the caller gives up; a `Problem` as its reason is what the reading then rejects with. */
  readonly signal: AbortSignal;
  /** Where the body's bytes are reserved while it is read. */
  readonly budget: ByteBudget;
  /** In place of a share that ends with the reading: grown here, kept by a caller who holds on to what was in the body. */
  readonly lease?: ByteLease;
}

/** Own keys only: it has no prototype, nor has any object in it, and none is called `__proto__`. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads the JSON object that a write without an image consists of; its nesting and keys are counted before it is
 * parsed. A request without a body is an empty object, so that what it lacks is said field by field.
 *
 * @throws {Problem} body-malformed, body-too-large, json-invalid, too-many-bytes-in-flight, client-closed-request, and
 *   the signal's own
 */
export async function readJsonObject(upload: Upload, options: JsonObjectOptions): Promise<JsonObject> {
  checkKind(upload);
  const { bytesMax, signal, budget } = options;
  const lease = options.lease ?? budget.reserve(0);
  try {
    const body = await readWhole(upload, { bytesMax, signal, lease });
    return body.length === 0 ? empty() : parseJsonObject(body);
  } finally {
    if (options.lease === undefined) lease.release();
  }
}

/** A body that says of itself that it is something else is not tried as JSON; one that says nothing is. */
function checkKind({ headers }: Upload): void {
  if (contentLength(headers) === 0) return;
  const encoding = String(headers["content-encoding"] ?? "identity")
    .trim()
    .toLowerCase();
  if (encoding !== "identity" && encoding !== "")
    throw malformedBody("A Content-Encoding is not undone here; please send the bytes as they are.");
  const type = (String(headers["content-type"] ?? "").split(";", 1)[0] ?? "").trim().toLowerCase();
  if (type !== "" && type !== "application/json" && !/^application\/[a-z0-9.-]+\+json$/.test(type))
    throw malformedBody("This route takes application/json.");
}

/**
 * A JSON object that was read already.
 * @throws {Problem} json-invalid
 */
export function parseJsonObject(body: Buffer): JsonObject {
  const object = empty();
  for (const { key, value } of cutJsonObject(body)) {
    if (Object.hasOwn(object, key)) throw new Problem("json-invalid", { detail: "The JSON body holds a key twice." });
    object[key] = withoutPrototypes(parseJson(value));
  }
  return object;
}

const empty = (): Record<string, unknown> => Object.create(null) as Record<string, unknown>;

/** Goes no deeper than the nesting that was counted. */
function withoutPrototypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPrototypes);
  if (typeof value !== "object" || value === null) return value;
  const object = empty();
  for (const [key, member] of Object.entries(value)) {
    if (key === "__proto__")
      throw new Problem("json-invalid", { detail: "The JSON body holds a key that is not allowed: __proto__." });
    object[key] = withoutPrototypes(member);
  }
  return object;
}
