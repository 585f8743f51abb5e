import {
  type PredictResult,
  type PredictTask,
  type ProblemCode,
  type ProblemMessage,
  problems,
  type RawReading,
} from "../contracts/index.ts";
import { readTraceContext, traceparentOf } from "../platform/index.ts";
import { type Reply, type RequestHeaders, replySchema, requestHeadersSchema } from "./messages.ts";

// Between our shapes and the messages of docs/protocol.md.

/** A task as it came, without its image's bytes where they lie elsewhere. */
export interface WireTask {
  readonly task: Omit<PredictTask, "image"> & { readonly image: Omit<PredictTask["image"], "bytes"> };
  readonly bytes: number;
  readonly where: RequestHeaders["Fovea-Image"];
}

export function headersOf(task: PredictTask, where: RequestHeaders["Fovea-Image"]): Record<string, string> {
  const { id, packs, lane, remainingMs, image, maps, suspect, trace } = task;
  return {
    "Fovea-Task": id,
    "Fovea-Packs": packs.join(","),
    "Fovea-Lane": lane,
    "Fovea-Remaining-Ms": String(Math.max(0, Math.floor(remainingMs))),
    "Fovea-Image": where,
    "Fovea-Sha256": image.sha256,
    "Fovea-Bytes": String(image.bytes.byteLength),
    "Fovea-Media-Type": image.mediaType,
    "Fovea-Width": String(image.width),
    "Fovea-Height": String(image.height),
    ...(maps === true && { "Fovea-Maps": "1" }),
    ...(suspect === true && { "Fovea-Suspect": "1" }),
    ...(trace && { traceparent: traceparentOf(trace), ...(trace.state !== undefined && { tracestate: trace.state }) }),
  };
}

/** @returns the task, or in words what is wrong with the headers */
export function readHeaders(headers: Readonly<Record<string, string>>): WireTask | string {
  const parsed = requestHeadersSchema.safeParse(headers);
  if (!parsed.success) return parsed.error.issues.map(({ path }) => `header ${path.join(".")}`).join(", ");
  const read = parsed.data;
  const packs = read["Fovea-Packs"];
  const trace = readTraceContext(read.traceparent, read.tracestate);
  return {
    task: {
      id: read["Fovea-Task"],
      packs: packs === "" ? [] : packs.split(","),
      lane: read["Fovea-Lane"],
      remainingMs: Number(read["Fovea-Remaining-Ms"]),
      image: {
        sha256: read["Fovea-Sha256"],
        mediaType: read["Fovea-Media-Type"],
        width: Number(read["Fovea-Width"]),
        height: Number(read["Fovea-Height"]),
      },
      ...(read["Fovea-Maps"] === "1" && { maps: true }),
      ...(read["Fovea-Suspect"] === "1" && { suspect: true }),
      ...(trace && { trace }),
    },
    bytes: Number(read["Fovea-Bytes"]),
    where: read["Fovea-Image"],
  };
}

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);
const orNaN = (value: number | null): number => value ?? Number.NaN;

export function encodeResult(result: PredictResult): Uint8Array {
  const { luminance, contrast, sharpness } = result.quality;
  const quality = { luminance: orNull(luminance), contrast: orNull(contrast), sharpness: orNull(sharpness) };
  return encodeJson({ result: { ...result, quality } });
}

export const encodeProblem = (problem: ProblemMessage): Uint8Array => encodeJson({ problem });

/**
 * @param task what was asked: an answer to something else is no answer
 * @returns the result or problem; undefined when the bytes are no reply to this task
 */
export function readReply(
  payload: Uint8Array,
  task: Pick<PredictTask, "packs">,
): { readonly result: PredictResult } | { readonly problem: ProblemMessage } | undefined {
  const parsed = readJson(payload, replySchema);
  if (parsed === undefined) return undefined;
  if ("problem" in parsed) return { problem: problemOf(parsed.problem) };
  const { quality, readings, ...rest } = parsed.result;
  if (readings.length !== task.packs.length || readings.some(({ pack }, i) => pack !== task.packs[i])) return undefined;
  const { luminance, contrast, sharpness } = quality;
  return {
    result: {
      ...rest,
      // JSON has no undefined: what is not there is absent.
      readings: readings as readonly RawReading[],
      quality: { luminance: orNaN(luminance), contrast: orNaN(contrast), sharpness: orNaN(sharpness) },
    },
  };
}

function problemOf({ code, detail, retryAfterS }: Extract<Reply, { problem: object }>["problem"]): ProblemMessage {
  return {
    code: code in problems ? (code as ProblemCode) : "inference-failed",
    ...(detail !== undefined && { detail }),
    ...(retryAfterS !== undefined && { retryAfterS }),
  };
}

export const encodeJson = (value: object): Uint8Array => Buffer.from(JSON.stringify(value));

/** Without a copy of the bytes. */
const textOf = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString("utf8");

/** @returns undefined when the bytes are no JSON of that shape */
export function readJson<T>(
  payload: Uint8Array,
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } },
): T | undefined {
  let value: unknown;
  try {
    value = JSON.parse(textOf(payload));
  } catch {
    return undefined;
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
