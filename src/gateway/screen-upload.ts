import { createHash } from "node:crypto";
import {
  type CaseRecord,
  type CaseStore,
  type IdempotencyClaim,
  type Lane,
  Problem,
  type Strategy,
} from "../contracts/index.ts";
import { readSingleUpload, type SingleUpload } from "../intake/index.ts";
import { resolveProgramme, type ScreeningDeps, type ScreenRequest, screenCase } from "../screening/index.ts";
import { readSubject } from "./case-request.ts";
import { type GatewayContext, originOf, type Serving } from "./serving.ts";
import { receive } from "./upload.ts";

export interface UploadOptions {
  readonly programme: string;
  readonly imageFields: readonly string[];
  readonly strategy?: Strategy | undefined;
  readonly lane?: Lane | undefined;
  readonly deadlineMs?: number | undefined;
  /** The client's key: a repeated post under it is answered with the first one's case. */
  readonly idempotencyKey?: string | undefined;
}

/** Keys of a JSON body under which an image is looked for. */
const imageKeys = ["image", "image_base64", "file"];

/** A decided case and where the time went, ms. */
export interface Screened {
  readonly record: CaseRecord;
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
  const { clock, config } = serving;
  const startedAt = c.get("startedAt");
  const deadlineAt = startedAt + (options.deadlineMs ?? config.DEADLINE_MS);
  const single = await read(serving, c, options.imageFields);
  try {
    const readAt = clock.now();
    const remainingMs = deadlineAt - readAt;
    if (remainingMs <= 0) throw new Problem("deadline-exceeded", { detail: "The upload took all the time there was." });
    const cases = timed(serving);
    const request = {
      programme: options.programme,
      image: single.image,
      subject: readSubject(single.fields),
      remainingMs,
      origin: originOf(c),
      ...(options.strategy && { strategy: options.strategy }),
      ...(options.lane && { lane: options.lane }),
    };
    const signal = c.get("signal");
    const claim = claimOf(options.idempotencyKey, request);
    const record =
      claim === undefined
        ? await screenCase({ ...serving, cases }, request, signal)
        : await serving.once.run(claim, signal, () => screenCase({ ...serving, cases }, { ...request, claim }, signal));
    return { record, intakeMs: readAt - startedAt, storeMs: cases.ms, totalMs: clock.now() - startedAt };
  } finally {
    single.release();
  }
}

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

async function read(serving: Serving, c: GatewayContext, imageFields: readonly string[]): Promise<SingleUpload> {
  const reception = receive(c);
  try {
    return await readSingleUpload(reception.upload, serving.limits, {
      imageFields,
      jsonFields: imageKeys,
      budget: serving.budget,
      signal: reception.signal,
    });
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
    recordCase: async (record, origin, claim) => {
      const startedAt = clock.now();
      const standing = await cases.recordCase(record, origin, claim);
      ms = clock.now() - startedAt;
      metrics.stageDuration.observe({ stage: "store" }, ms / 1000);
      return standing;
    },
  };
}
