import { createHash } from "node:crypto";
import {
  type CaseRecord,
  type CaseStore,
  type CaseSubject,
  type IdempotencyClaim,
  type Lane,
  Problem,
  type Strategy,
} from "../contracts/index.ts";
import { readSingleUpload, type SingleUpload } from "../intake/index.ts";
import { inSpan } from "../platform/index.ts";
import { resolveProgramme, type ScreeningDeps, type ScreenRequest, screenCase } from "../screening/index.ts";
import { readSubject } from "./case-request.ts";
import { type GatewayContext, originOf, type Serving } from "./serving.ts";
import { receive, stillThere } from "./upload.ts";

export interface ReceiveOptions {
  /** Names under which a form may carry the image. */
  readonly imageFields: readonly string[];
  /** A source system's own limit, below ours. */
  readonly imageBytesMax?: number | undefined;
}

export interface ScreenOptions {
  readonly programme: string;
  readonly strategy?: Strategy | undefined;
  readonly lane?: Lane | undefined;
  readonly deadlineMs?: number | undefined;
  /** The client's key: a repeated post under it is answered with the first one's case. */
  readonly idempotencyKey?: string | undefined;
  /** False where a provisional case is of no use to the caller; default: true. */
  readonly mayWait?: boolean;
  /** Reads what the fields beside the image say of it, before anything is computed; default: the native API's names. */
  readonly subjectOf?: (fields: Readonly<Record<string, string>>) => CaseSubject | Promise<CaseSubject>;
}

export type UploadOptions = ReceiveOptions & ScreenOptions;

/** Keys of a JSON body under which an image is looked for. */
const imageKeys = ["image", "image_base64", "file"];

/** A recorded case and where the time went, ms. */
export interface Screened {
  readonly record: CaseRecord;
  /** Of a provisional case: when it is worth asking for again. */
  readonly retryAfterS?: number;
  readonly intakeMs: number;
  readonly storeMs: number;
  readonly totalMs: number;
}

/**
 * One request with one image, from its body to its record: the same for every door.
 * The deadline counts from the request's first line, so that a slow upload does not add to it.
 *
 * @throws {Problem} as `readSingleUpload` and `screenCase`
 */
export async function screenUpload(serving: Serving, c: GatewayContext, options: UploadOptions): Promise<Screened> {
  // A programme that cannot answer says so before anyone uploads 30 MB to it.
  resolveProgramme(serving.programmes, options.programme);
  const single = await receiveImage(serving, c, options);
  try {
    return await screenReceived(serving, c, single, options);
  } finally {
    single.release();
  }
}

/**
 * An image that was received, to its record; releasing the upload is the caller's.
 * @throws {Problem} as `screenCase`, and what `subjectOf` throws
 */
export async function screenReceived(
  serving: Serving,
  c: GatewayContext,
  single: SingleUpload,
  options: ScreenOptions,
): Promise<Screened> {
  const { clock, config } = serving;
  const startedAt = c.get("startedAt");
  const readAt = clock.now();
  const subject = await (options.subjectOf ?? readSubject)(single.fields);
  const remainingMs = startedAt + (options.deadlineMs ?? config.DEADLINE_MS) - clock.now();
  if (remainingMs <= 0) throw new Problem("deadline-exceeded", { detail: "The upload took all the time there was." });
  const cases = timed(serving);
  const request = {
    programme: options.programme,
    image: single.image,
    subject,
    remainingMs,
    mayWait: options.mayWait ?? true,
    origin: originOf(c),
    trace: c.get("trace"),
    ...(options.strategy && { strategy: options.strategy }),
    ...(options.lane && { lane: options.lane }),
  };
  const signal = c.get("signal");
  const claim = claimOf(options.idempotencyKey, request);
  const record =
    claim === undefined
      ? await screenCase({ ...serving, cases }, request, signal)
      : await serving.once.run(claim, signal, () => screenCase({ ...serving, cases }, { ...request, claim }, signal));
  const times = { intakeMs: readAt - startedAt, storeMs: cases.ms, totalMs: clock.now() - startedAt };
  const retryAfterS = retryAfterOf(serving, record);
  return { record, ...times, ...(retryAfterS !== undefined && { retryAfterS }) };
}

/** When nobody here does second looks, and another server will. */
const retryAfterSDefault = 10;

/** When a case is worth asking for again, seconds; undefined when it will not change any more. */
export const retryAfterOf = (
  { secondLooks }: Pick<Serving, "secondLooks">,
  { status }: Pick<CaseRecord, "status">,
): number | undefined => (status === "provisional" ? (secondLooks?.retryAfterS() ?? retryAfterSDefault) : undefined);

/** What the answer depends on: the same key with anything else is another request. */
function claimOf(
  key: string | undefined,
  { programme, image, subject, strategy }: Pick<ScreenRequest, "programme" | "image" | "subject" | "strategy">,
): IdempotencyClaim | undefined {
  if (key === undefined) return undefined;
  const sorted = Object.entries(subject).sort(([a], [b]) => (a < b ? -1 : 1));
  return { key: sha256(key), fingerprint: sha256(JSON.stringify([programme, image.sha256, strategy ?? "", sorted])) };
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/**
 * Reads the body of a request that carries one image, once there is a place for one more case.
 * @throws {Problem} queue-full with the body still unread, client-closed-request, and as `readSingleUpload`
 */
export async function receiveImage(
  serving: Pick<Serving, "limits" | "budget" | "tracer" | "admission">,
  c: GatewayContext,
  { imageFields, imageBytesMax }: ReceiveOptions,
): Promise<SingleUpload> {
  const place = serving.admission.enter();
  const reception = receive(c);
  const limits =
    imageBytesMax === undefined
      ? serving.limits
      : { ...serving.limits, imageBytesMax: Math.min(imageBytesMax, serving.limits.imageBytesMax) };
  try {
    return await inSpan(serving.tracer, "receive", { parent: c.get("trace") }, async (_, span) => {
      const single = await readSingleUpload(reception.upload, limits, {
        imageFields,
        jsonFields: imageKeys,
        budget: serving.budget,
        signal: reception.signal,
      });
      place.arrived();
      await stillThere(c).catch((gone: unknown) => {
        single.release();
        throw gone;
      });
      const { mediaType, uploadedBytes } = single.image;
      span?.set({ "fovea.media_type": mediaType, "fovea.bytes": uploadedBytes });
      const release = (): void => {
        single.release();
        place.leave();
      };
      return { ...single, release };
    });
  } catch (error) {
    place.leave();
    throw error;
  } finally {
    reception.done();
  }
}

/** Counts the time in which a record becomes safe, for the metric and for Server-Timing. */
export function timed({
  cases,
  clock,
  metrics,
}: Pick<ScreeningDeps, "cases" | "clock" | "metrics">): Pick<CaseStore, "recordCase"> & { readonly ms: number } {
  let ms = 0;
  return {
    get ms() {
      return ms;
    },
    recordCase: async (...asked) => {
      const startedAt = clock.now();
      const standing = await cases.recordCase(...asked);
      ms = clock.now() - startedAt;
      metrics.stageDuration.observe({ stage: "store" }, ms / 1000);
      return standing;
    },
  };
}
