import type { CaseRecord } from "../../../contracts/decision.ts";
import type { ProgrammeInfo } from "./result-words.ts";
import type { Failure } from "./retry.ts";

const keyPlace = "fovea-api-key";
/** After this long without a word the server counts as not answering, ms. */
const answerMaxMs = 120_000;
const imageMaxMs = 60_000;

/** The key lives as long as the tab. */
export const apiKey = {
  set: (key: string): void => sessionStorage.setItem(keyPlace, key),
  forget: (): void => sessionStorage.removeItem(keyPlace),
  headers: (): Record<string, string> => {
    const key = sessionStorage.getItem(keyPlace);
    return key === null ? {} : { "X-API-Key": key };
  },
};

/** 128 random bits: two pictures never share one. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export type Answer<T> =
  | { readonly value: T; readonly failure?: undefined }
  | { readonly value?: undefined; readonly failure: Failure };

/** What is said of a picture beside the picture; empty ones are left out. */
export interface PictureSubject {
  readonly patientId?: string;
  readonly laterality?: "left" | "right" | "both";
}

export interface SendOptions {
  readonly file: Blob;
  readonly subject: PictureSubject;
  readonly programme: string;
  readonly idempotencyKey: string;
  /** Of the bytes, [0, 1]. */
  readonly onShare: (share: number) => void;
  readonly onAnswer: (answer: Answer<CaseRecord>) => void;
}

/**
 * Sends one picture. Only the bytes go out, not the file's name: names of files often are names of people.
 * XMLHttpRequest, because fetch does not say how much was sent.
 * @returns stops it; `onAnswer` is then not called
 */
export function sendImage({ file, subject, programme, idempotencyKey, onShare, onAnswer }: SendOptions): () => void {
  const request = new XMLHttpRequest();
  request.open("POST", `/v1/programmes/${encodeURIComponent(programme)}/cases`);
  request.timeout = answerMaxMs;
  // A form only where there is something to say beside the picture; its content type the browser writes itself.
  const bare = file.size === 0 || Object.keys(subject).length === 0;
  const headers = {
    ...apiKey.headers(),
    ...(bare && { "Content-Type": "application/octet-stream" }),
    "Idempotency-Key": idempotencyKey,
  };
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  request.upload.onprogress = ({ loaded, total }) => onShare(total === 0 ? 1 : loaded / total);
  request.upload.onload = () => onShare(1);
  request.onload = () => {
    const body = parsed(request.responseText);
    const { status } = request;
    if (status < 200 || status > 299)
      onAnswer({ failure: failureOf(status, request.getResponseHeader("Retry-After"), body) });
    else onAnswer(isCase(body) ? { value: body } : { failure: { status, code: "unreadable-answer" } });
  };
  request.onerror = () => onAnswer({ failure: noAnswer });
  request.ontimeout = () => onAnswer({ failure: noAnswer });
  request.send(bare ? file : formOf(file, subject));
  return () => request.abort();
}

function formOf(file: Blob, subject: PictureSubject): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(subject)) form.append(name, value);
  form.append("image", file, "picture");
  return form;
}

export async function listProgrammes(): Promise<Answer<readonly ProgrammeInfo[]>> {
  const answer = await get("/v1/programmes", answerMaxMs);
  if (answer.failure !== undefined) return answer;
  const body = parsed(await answer.value.text()) as { programmes?: readonly ProgrammeInfo[] } | undefined;
  return Array.isArray(body?.programmes)
    ? { value: body.programmes }
    : { failure: { status: 200, code: "unreadable-answer" } };
}

export interface Readiness {
  readonly ready: boolean;
  readonly reason?: string;
  readonly engine?: { readonly state: string };
}

/** Whether cases are accepted; undefined when the server says nothing about it. */
export async function askReadiness(): Promise<Readiness | undefined> {
  try {
    const response = await fetch("/readyz", { cache: "no-store", signal: AbortSignal.timeout(imageMaxMs) });
    return parsed(await response.text()) as Readiness | undefined;
  } catch {
    return undefined;
  }
}

export const readCase = (id: string): Promise<Answer<CaseRecord>> => ask(`/v1/cases/${encodeURIComponent(id)}`, isCase);

/** What belongs to a case: its picture as the server keeps it, or what the fine reader looked at. */
export const caseImage = (id: string, which: "image" | "heatmap", label?: string): Promise<Answer<Blob>> =>
  picture(
    `/v1/cases/${encodeURIComponent(id)}/${which}${label === undefined ? "" : `?label=${encodeURIComponent(label)}`}`,
  );

export async function picture(path: string): Promise<Answer<Blob>> {
  const answer = await get(path, imageMaxMs);
  if (answer.failure !== undefined) return answer;
  return answer.value.blob().then(
    (value) => ({ value }),
    () => ({ failure: noAnswer }),
  );
}

/**
 * Asks for JSON, or writes and is answered with JSON.
 * @param known whether what came is what was asked for
 */
export async function ask<T>(
  path: string,
  known: (body: unknown) => body is T,
  write?: { readonly method: "POST" | "PATCH"; readonly body?: unknown },
): Promise<Answer<T>> {
  const init =
    write === undefined
      ? {}
      : {
          method: write.method,
          ...(write.body !== undefined && {
            body: JSON.stringify(write.body),
            headers: { "Content-Type": "application/json" },
          }),
        };
  const answer = await get(path, answerMaxMs, init);
  if (answer.failure !== undefined) return answer;
  const body = parsed(await answer.value.text().catch(() => ""));
  return known(body) ? { value: body } : { failure: { status: answer.value.status, code: "unreadable-answer" } };
}

async function get(path: string, maxMs: number, init: RequestInit = {}): Promise<Answer<Response>> {
  try {
    const key = apiKey.headers();
    const headers = { ...(init.headers as Record<string, string> | undefined), ...key };
    const response = await fetch(path, { ...init, headers, signal: AbortSignal.timeout(maxMs) });
    if (response.ok) return { value: response };
    // Somebody entered another key meanwhile: this says nothing about that one.
    if (response.status === 401 && apiKey.headers()["X-API-Key"] !== key["X-API-Key"])
      return await get(path, maxMs, init);
    const body = parsed(await response.text());
    return { failure: failureOf(response.status, response.headers.get("Retry-After"), body) };
  } catch {
    return { failure: noAnswer };
  }
}

const noAnswer: Failure = { status: 0, code: "no-answer" };

function failureOf(status: number, retryAfter: string | null, body: unknown): Failure {
  const { code, detail, retryable } = (body ?? {}) as Record<string, unknown>;
  const retryAfterS = Number(retryAfter ?? Number.NaN);
  return {
    status,
    code: typeof code === "string" ? code : "unreadable-answer",
    ...(typeof detail === "string" && { detail }),
    ...(typeof retryable === "boolean" && { retryable }),
    ...(Number.isFinite(retryAfterS) && { retryAfterS }),
  };
}

const isCase = (body: unknown): body is CaseRecord =>
  typeof body === "object" && body !== null && "id" in body && "decision" in body && "readings" in body;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
