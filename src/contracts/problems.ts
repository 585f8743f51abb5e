/**
 * Every way a request can fail on purpose, in one table. `docs/problems.md` is generated from it.
 *
 * A problem is matched by `code`, never by class or text: classes do not survive threads or the wire.
 */
export interface ProblemSpec {
  /** HTTP status on the native API. */
  readonly status: number;
  /** One sentence that never varies. */
  readonly title: string;
  /** True when the same request may succeed later without being changed. */
  readonly retryable: boolean;
}

const fault = (status: number, title: string): ProblemSpec => ({ status, title, retryable: false });
const passing = (status: number, title: string): ProblemSpec => ({ status, title, retryable: true });

export const problems = {
  "body-malformed": fault(400, "The request body cannot be read as its content type says"),
  "body-too-large": fault(413, "The request body is larger than this route accepts"),
  "json-invalid": fault(400, "The JSON body is not valid or nests too deeply"),
  "base64-invalid": fault(400, "The image is not valid base64"),
  "field-invalid": fault(400, "A field has a value that is not allowed"),
  "image-missing": fault(400, "The request holds no image"),
  "image-repeated": fault(400, "The request holds more than one image where one is expected"),
  "too-many-images": fault(413, "The request holds more images than one batch may"),
  "image-too-large": fault(413, "The image file is larger than the limit"),
  "image-type-unsupported": fault(415, "The bytes are not a JPEG, PNG, WebP, TIFF or BMP image"),
  "image-malformed": fault(422, "The image file is damaged or cut off"),
  "image-undecodable": fault(422, "The image cannot be decoded"),
  "image-too-many-pixels": fault(422, "The image has more pixels than the limit"),
  "image-too-small": fault(422, "The image has too few pixels to be read"),
  "image-multiframe": fault(422, "The file holds several frames or pages, one image is expected"),
  "idempotency-key-reused": fault(422, "The idempotency key was used for another request"),
  "link-invalid": fault(403, "The link is not valid or its time is over"),
  "case-unknown": fault(404, "There is no such case"),
  "incident-unknown": fault(404, "There is no such incident"),
  "queue-unknown": fault(404, "There is no such queue"),
  "person-unknown": fault(404, "There is no such person"),
  "person-changed": passing(409, "Somebody else changed this person at the same time"),
  "person-without-image": fault(400, "This person has no image to analyse"),
  "notification-unknown": fault(404, "There is no such notification"),
  "profile-ambiguous": fault(400, "Nothing in this request says which source system's endpoint is meant"),
  "model-unknown": fault(404, "There is no such model"),
  "model-not-loaded": passing(503, "The model is not loaded"),
  "model-in-use": passing(409, "The model is at work"),
  "results-unknown": fault(404, "There are no such results, or their time is over"),
  "training-data-missing": fault(400, "There is no training data"),
  "batch-unknown": fault(404, "There is no such batch"),
  "archive-refused": fault(422, "The archive is damaged, or built to do harm"),
  "url-refused": fault(422, "Nothing is fetched from or sent to this address"),
  "object-unknown": fault(422, "There is no stored image of this name"),
  "source-unavailable": passing(502, "The image could not be fetched from where it is"),
  "prefix-unavailable": fault(501, "Images cannot be taken from a bucket here"),
  "heatmap-unavailable": fault(404, "No heatmap can be made for this case"),
  "image-gone": fault(410, "The image of this case is no longer kept"),
  "image-damaged": fault(500, "The stored image is not the one that was stored"),
  "input-quarantined": fault(422, "This input has ended the inference process before and is refused"),
  unauthorised: fault(401, "A valid API key is needed"),
  "route-not-found": fault(404, "There is no such route"),
  "method-not-allowed": fault(405, "This route does not answer to that method"),
  "programme-unknown": fault(404, "There is no such screening programme"),
  "request-timeout": passing(408, "The request body did not arrive in time"),
  "client-closed-request": fault(499, "The client hung up before the answer"),
  "queue-full": passing(429, "The queue is full"),
  "rate-limited": passing(429, "This caller has sent more than one may"),
  "too-many-bytes-in-flight": passing(429, "Too many uploads are being read at once"),
  "engine-not-ready": passing(503, "The inference engine is not ready"),
  "engine-lost": passing(503, "The inference engine ended while it held this request"),
  draining: passing(503, "The server is shutting down"),
  "pack-not-installed": fault(503, "A model pack that this programme needs is not installed"),
  "store-unavailable": passing(503, "The record of the case could not be written"),
  "deadline-exceeded": passing(504, "No answer within the deadline"),
  "deadline-unmeetable": passing(504, "The queue is too long for the deadline of this request"),
  "inference-failed": fault(500, "The model failed on this input"),
  internal: fault(500, "Something went wrong on our side"),
} as const satisfies Record<string, ProblemSpec>;

export type ProblemCode = keyof typeof problems;

/** What crosses threads, processes and the wire in place of an exception. */
export interface ProblemMessage {
  readonly code: ProblemCode;
  readonly detail?: string;
  readonly retryAfterS?: number;
}

export interface ProblemOptions {
  /** Never holds patient data, paths or library text. */
  readonly detail?: string;
  /** Seconds after which a retry is likely to be accepted. */
  readonly retryAfterS?: number;
  /** Field-level findings, for 4xx on forms. */
  readonly fields?: readonly { readonly name: string; readonly message: string }[];
  readonly cause?: unknown;
}

/** An expected failure. Anything else that is thrown is a defect and answers 500 with only a request id. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly detail: string | undefined;
  readonly retryAfterS: number | undefined;
  readonly fields: ProblemOptions["fields"];

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(options.detail ?? problems[code].title, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "Problem";
    this.code = code;
    this.detail = options.detail;
    this.retryAfterS = options.retryAfterS;
    this.fields = options.fields;
  }

  get spec(): ProblemSpec {
    return problems[this.code];
  }

  toMessage(): ProblemMessage {
    return {
      code: this.code,
      ...(this.detail === undefined ? {} : { detail: this.detail }),
      ...(this.retryAfterS === undefined ? {} : { retryAfterS: this.retryAfterS }),
    };
  }

  static fromMessage(message: ProblemMessage): Problem {
    return new Problem(message.code, {
      ...(message.detail === undefined ? {} : { detail: message.detail }),
      ...(message.retryAfterS === undefined ? {} : { retryAfterS: message.retryAfterS }),
    });
  }
}

/** Narrow by shape: a `Problem` from a second copy of this module is still one. */
export function isProblem(error: unknown): error is Problem {
  return error instanceof Error && error.name === "Problem" && "code" in error && (error.code as string) in problems;
}
