import { Readable } from "node:stream";
import { type BatchSource, isProblem, Problem } from "../contracts/index.ts";
import {
  acceptBase64,
  BodyReader,
  type ByteLease,
  type JsonObject,
  jsonBytesMax,
  readJsonObject,
  type Upload,
} from "../intake/index.ts";
import { settingNames, type TakenBatch, type TakenItem, type TakeOptions } from "./taken-item.ts";

const newline = 0x0a;
const sources = ["image", "object", "url"] as const;

/**
 * One JSON object a line: `custom_id`, one of `image` (base64), `object` (SHA-256 of a stored image) and `url`, and what is
 * known of the image. The first line may be of the batch instead. A damaged line refuses the batch, because whose it is
 * cannot be told; a bad image does not.
 *
 * Walking throws {Problem} json-invalid, field-invalid, body-too-large, too-many-images, too-many-bytes-in-flight,
 * client-closed-request.
 */
export function readNdjson(upload: Upload, options: TakeOptions, subjectFields: readonly string[]): TakenBatch {
  const settings = new Map<string, string>();
  async function* taken(): AsyncGenerator<TakenItem> {
    let number = 0;
    let count = 0;
    for await (const line of lines(upload, options)) {
      number++;
      if (line.length === 0) continue;
      const lease = options.budget.reserve(line.length);
      try {
        const object = await readLine(line, options, lease);
        if (number === 1 && isOfBatch(object)) {
          for (const [name, value] of Object.entries(object)) settings.set(name, textOf(name, value));
          lease.release();
          continue;
        }
        if (++count > options.limits.batchImagesMax)
          throw new Problem("too-many-images", {
            detail: `A batch may have at most ${options.limits.batchImagesMax} items.`,
          });
        yield itemOf(object, options, subjectFields, lease);
      } catch (error) {
        lease.release();
        throw isProblem(error) ? atLine(error, number) : error;
      }
    }
  }
  return { items: taken(), settings };
}

async function* lines(upload: Upload, { limits, signal }: TakeOptions): AsyncGenerator<Buffer> {
  const lineBytesMax = jsonBytesMax(limits);
  const tooLarge = () =>
    new Problem("body-too-large", { detail: `A batch may have at most ${limits.batchBytesMax} bytes.` });
  const body = new BodyReader(upload, { bytesMax: limits.batchBytesMax, tooLarge, signal });
  let held: Buffer[] = [];
  let heldBytes = 0;
  const hold = (piece: Buffer): void => {
    held.push(piece);
    heldBytes += piece.length;
    if (heldBytes > lineBytesMax)
      throw new Problem("body-too-large", { detail: `A line may have at most ${lineBytesMax} bytes.` });
  };
  const take = (): Buffer => {
    const line = held.length === 1 ? (held[0] as Buffer) : Buffer.concat(held, heldBytes);
    held = [];
    heldBytes = 0;
    return trimmed(line);
  };
  try {
    for (let chunk = await body.read(); chunk !== undefined; chunk = await body.read()) {
      let from = 0;
      for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, from)) {
        hold(chunk.subarray(from, end));
        from = end + 1;
        yield take();
      }
      hold(chunk.subarray(from));
    }
    if (heldBytes > 0) yield take();
  } finally {
    body.close();
  }
}

const trimmed = (line: Buffer): Buffer => (line.at(-1) === 0x0d ? line.subarray(0, -1) : line);

const readLine = (line: Buffer, { budget, signal }: TakeOptions, lease: ByteLease): Promise<JsonObject> =>
  readJsonObject({ headers: {}, body: Readable.from([line]) }, { bytesMax: line.length, signal, budget, lease });

const isOfBatch = (object: JsonObject): boolean =>
  Object.hasOwn(object, "programme") && Object.keys(object).every((name) => settingNames.includes(name));

function itemOf(
  object: JsonObject,
  options: TakeOptions,
  subjectFields: readonly string[],
  lease: ByteLease,
): TakenItem {
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(object)) {
    if (name === "custom_id" || (sources as readonly string[]).includes(name)) continue;
    if (!subjectFields.includes(name)) throw invalid(name, "an item has no such field");
    if (value !== null) fields[name] = textOf(name, value);
  }
  const given = sources.filter((name) => Object.hasOwn(object, name));
  const kind = given[0];
  if (kind === undefined || given.length > 1) throw invalid("image", `an item has one of ${sources.join(", ")}`);
  const value = textOf(kind, object[kind]);
  const customId = object["custom_id"];
  if (customId !== undefined && (typeof customId !== "string" || customId === ""))
    throw invalid("custom_id", "a text, not an empty one");
  const found = kind === "image" ? imageOf(value, options) : { source: sourceOf(kind, value) };
  if ("image" in found) lease.resize(found.image.bytes.length);
  else lease.release();
  return { ...(customId !== undefined && { customId }), fields, found, release: lease.release };
}

function imageOf(base64: string, { limits }: TakeOptions): TakenItem["found"] {
  try {
    // What is not of the alphabet becomes something that is not either.
    return { image: acceptBase64(base64, limits) };
  } catch (error) {
    if (!isProblem(error)) throw error;
    return { problem: error };
  }
}

function sourceOf(kind: "object" | "url", value: string): BatchSource {
  if (kind === "url") return { kind, url: value };
  if (!/^[0-9a-f]{64}$/.test(value)) throw invalid(kind, "SHA-256 of a stored image, 64 lower-case hex digits");
  return { kind, sha256: value };
}

function textOf(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw invalid(name, "a text");
}

const invalid = (name: string, message: string): Problem =>
  new Problem("field-invalid", { detail: `${name}: ${message}`, fields: [{ name, message }] });

function atLine(problem: Problem, line: number): Problem {
  if (problem.code !== "json-invalid" && problem.code !== "field-invalid") return problem;
  const detail = `Line ${line}: ${problem.detail ?? problem.spec.title}`;
  return new Problem(problem.code, { detail, ...(problem.fields && { fields: problem.fields }) });
}
