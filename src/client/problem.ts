import type { components } from "./schema.ts";

type ProblemBody = components["schemas"]["Problem"];

/** The table of `docs/problems.md`, or `not-from-fovea` where something in between answered, such as a proxy. */
export type FoveaProblemCode = ProblemBody["code"] | "not-from-fovea";

/** A refusal. Match by `code`, which is stable; the texts are for people. */
export class FoveaProblem extends Error {
  override readonly name = "FoveaProblem";
  readonly code: FoveaProblemCode;
  /** HTTP status. */
  readonly status: number;
  /** What is wrong with this request in particular, where there is more to say than the code. */
  readonly detail: string | undefined;
  /** Seconds after which another try is welcome; undefined where the answer did not say. */
  readonly retryAfterS: number | undefined;
  /** True when the same request may succeed later, unchanged. */
  readonly retryable: boolean;
  /** Finds the request in the server's log; undefined with `not-from-fovea`. */
  readonly requestId: string | undefined;
  /** Fields of the request that are wrong. */
  readonly fields: NonNullable<ProblemBody["fields"]>;

  constructor(status: number, body: Partial<ProblemBody>, retryAfterS?: number) {
    super(body.detail ?? body.title ?? `HTTP ${status}`);
    this.code = body.code ?? "not-from-fovea";
    this.status = status;
    this.detail = body.detail;
    this.retryAfterS = retryAfterS;
    this.retryable = body.retryable ?? isBusy(status);
    this.requestId = body.instance;
    this.fields = body.fields ?? [];
  }
}

/** @param body what the answer held, parsed where it was JSON */
export function problemOf(response: Response, body: unknown): FoveaProblem {
  const known = typeof body === "object" && body !== null && "code" in body && "instance" in body;
  return new FoveaProblem(response.status, known ? (body as ProblemBody) : {}, retryAfterOf(response));
}

/** Too many requests, or not now. */
export const isBusy = (status: number): boolean => status === 429 || status === 503;

/** Seconds; a date, which Fovea never sends, counts as nothing said. */
export function retryAfterOf(response: Response): number | undefined {
  const given = response.headers.get("retry-after") ?? "";
  return /^\d{1,9}$/.test(given) ? Number(given) : undefined;
}
