import type { z } from "@hono/zod-openapi";
import { Problem } from "../../contracts/index.ts";
import { decodeBase64, type IntakeLimits, parseJsonObject } from "../../intake/index.ts";
import { malformed, readOneText } from "./binary-tensor.ts";
import { structureBytes } from "./json-structure.ts";
import { inferRequestSchema } from "./schemas.ts";
import { imageInput } from "./signature.ts";

/** Room for everything in a request but the image. */
export const STRUCTURE_BYTES_MAX = 65_536;

type Parameters = Readonly<Record<string, string | number | boolean>>;

/** An output as the caller wants it. */
export interface WishedOutput {
  readonly name: string;
  readonly isBinary: boolean;
  /** In place of the values: so many of the most probable classes. */
  readonly classes?: number;
}

export interface InferRequest {
  readonly id?: string;
  /** The encoded picture, not yet judged. */
  readonly image: Buffer;
  readonly parameters: Parameters;
  /** Undefined: all of them. */
  readonly outputs?: readonly WishedOutput[];
  /** How outputs are answered that nothing is said about. */
  readonly isBinary: boolean;
}

/**
 * How long the JSON in front of the tensors is; undefined where the whole body is JSON.
 * @throws {Problem} body-malformed
 */
export function readHeaderLength(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{1,10}$/.test(value)) throw malformed("Inference-Header-Content-Length is no number of bytes.");
  return Number(value);
}

/**
 * @param body JSON, with the binary tensors behind it where `headerBytes` says so
 * @param headerBytes 0: the body is the image and nothing else
 * @throws {Problem} body-malformed for every length that does not add up, body-too-large, json-invalid, field-invalid,
 *   image-missing, base64-invalid, image-too-large
 */
export function readInferRequest(body: Buffer, headerBytes: number | undefined, limits: IntakeLimits): InferRequest {
  if (headerBytes === 0) {
    if (body.length === 0) throw new Problem("image-missing", { detail: "The body is empty." });
    return { image: body, parameters: {}, isBinary: true };
  }
  const jsonBytes = headerBytes ?? body.length;
  if (jsonBytes > body.length)
    throw malformed(`Inference-Header-Content-Length says ${jsonBytes} bytes of JSON; the body has ${body.length}.`);
  const json = body.subarray(0, jsonBytes);
  if (structureBytes(json) > STRUCTURE_BYTES_MAX)
    throw new Problem("body-too-large", {
      detail: `Beside its texts the JSON may have at most ${STRUCTURE_BYTES_MAX} bytes.`,
    });
  const parsed = inferRequestSchema.safeParse(parseJsonObject(json));
  if (!parsed.success)
    throw invalid(...parsed.error.issues.map(({ path, message }) => ({ name: path.join("."), message })));
  const { id, inputs, outputs, parameters = {} } = parsed.data;
  const isBinary = flagOf(parameters, "binary_data_output") ?? false;
  return {
    image: imageOf(inputs, body.subarray(jsonBytes), limits),
    parameters,
    isBinary,
    ...(id !== undefined && { id }),
    ...(outputs !== undefined && outputs.length > 0 && { outputs: outputs.map((each) => wishOf(each, isBinary)) }),
  };
}

type Input = z.output<typeof inferRequestSchema>["inputs"][number];

function imageOf(inputs: readonly Input[], tensors: Buffer, limits: IntakeLimits): Buffer {
  const [input] = inputs;
  if (input === undefined) throw new Problem("image-missing", { detail: "The request needs the input image." });
  if (inputs.length > 1) throw invalid({ name: "inputs", message: "the model has one input, image" });
  checkSpec(input);
  const size = input.parameters?.["binary_data_size"];
  if (size === undefined) {
    if (tensors.length > 0) throw malformed(`${tensors.length} bytes follow the JSON that no input claims.`);
    return decodeBase64(Buffer.from(onlyText(input.data), "utf8"), limits);
  }
  if (input.data !== undefined) throw invalid({ name: "inputs.0.data", message: "not together with binary_data_size" });
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0)
    throw malformed("binary_data_size is no number of bytes.");
  if (size !== tensors.length)
    throw malformed(`binary_data_size says ${size} bytes of tensor data; ${tensors.length} follow the JSON.`);
  return readOneText(tensors);
}

function checkSpec({ name, datatype, shape }: Input): void {
  if (name !== imageInput.name) throw invalid({ name: "inputs.0.name", message: `the input is ${imageInput.name}` });
  if (datatype !== imageInput.datatype)
    throw invalid({ name: "inputs.0.datatype", message: `${imageInput.name} is ${imageInput.datatype}` });
  if (!shape.every((each) => each === 1))
    throw invalid({ name: "inputs.0.shape", message: "one image a request: [1], or [1,1] with a batch dimension" });
}

/** Nested by shape or flat, as the protocol allows. */
function onlyText(data: unknown): string {
  if (data === undefined) throw new Problem("image-missing", { detail: "The input has neither data nor binary data." });
  const texts: unknown[] = Array.isArray(data) ? data.flat(1) : [data];
  const [text] = texts;
  if (texts.length !== 1 || typeof text !== "string")
    throw invalid({ name: "inputs.0.data", message: "one text of base64, as the shape says" });
  return text;
}

function wishOf(
  { name, parameters = {} }: { readonly name: string; readonly parameters?: Parameters | undefined },
  isBinaryByDefault: boolean,
): WishedOutput {
  const isBinary = flagOf(parameters, "binary_data") ?? isBinaryByDefault;
  const classes = parameters["classification"];
  if (classes === undefined) return { name, isBinary };
  if (typeof classes !== "number" || !Number.isSafeInteger(classes) || classes < 0)
    throw invalid({ name: "classification", message: "a number of classes" });
  return classes === 0 ? { name, isBinary } : { name, isBinary, classes };
}

function flagOf(parameters: Parameters, name: string): boolean | undefined {
  const value = parameters[name];
  if (value === undefined || typeof value === "boolean") return value;
  throw invalid({ name, message: "true or false" });
}

export const invalid = (...fields: readonly { name: string; message: string }[]): Problem =>
  new Problem("field-invalid", { detail: fields.map(({ name, message }) => `${name}: ${message}`).join("; "), fields });
