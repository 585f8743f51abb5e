import createClient, { type Client } from "openapi-fetch";
import type { WebSocketConstructor } from "./alert-socket.ts";
import { type FoveaAlert, followAlerts } from "./follow-alerts.ts";
import { problemOf } from "./problem.ts";
import { type Fetch, withRetries } from "./retry.ts";
import type { components, operations, paths } from "./schema.ts";

/** For one call, its repeats included, milliseconds. */
const timeoutMsDefault = 60_000;

export type FoveaCase = components["schemas"]["Case"];
type CreateCase = operations["createCase"];
type CreateCaseHeaders = NonNullable<CreateCase["parameters"]["header"]>;
type CaseForm = CreateCase["requestBody"]["content"]["multipart/form-data"];

/** What is known about the image; all of it is stored with the case. */
export type FoveaSubject = Omit<CaseForm, "image">;
export type FoveaCaseFilter = Omit<NonNullable<operations["listCases"]["parameters"]["query"]>, "cursor">;

export interface FoveaClientOptions {
  /** Where the server is, without a path unless a proxy gave it one, e.g. `http://127.0.0.1:8000`. */
  readonly baseUrl: string;
  readonly apiKey?: string | undefined;
  /** Default: the global one. */
  readonly fetch?: Fetch;
  /** For one call, its repeats included; default 60 000. */
  readonly timeoutMs?: number;
  /** For `follow`; default: the global one. Node 20 has none: give it that of the package `ws`. */
  readonly WebSocket?: WebSocketConstructor;
}

export interface Cancellable {
  readonly signal?: AbortSignal;
}

export interface ScreenOptions extends Cancellable {
  readonly strategy?: NonNullable<CreateCaseHeaders["x-strategy"]>;
  /** `bulk` waits behind people who wait. */
  readonly lane?: NonNullable<CreateCaseHeaders["x-lane"]>;
  /** After this the answer is of no use, milliseconds. */
  readonly deadlineMs?: number;
  /** Default: a new one for each call, so that its repeats make one case. Give your own to repeat across restarts. */
  readonly idempotencyKey?: string;
}

/** Every method rejects with a `FoveaProblem` when the server says no, or with a TimeoutError. */
export interface FoveaClient {
  /**
   * Every path of the API, typed; answers are `{ data, error, response }` and nothing is thrown for a refusal. A body
   * with a `Blob` in it, or a list of them, is sent as a form.
   */
  readonly http: Client<paths>;
  /** One image in, one recorded decision out. */
  screen(
    programme: string,
    image: Blob | Uint8Array,
    subject?: FoveaSubject,
    options?: ScreenOptions,
  ): Promise<FoveaCase>;
  case(id: string, options?: Cancellable): Promise<FoveaCase>;
  /** Newest first; fetches pages of `limit` cases as they are read. */
  cases(filter?: FoveaCaseFilter, options?: Cancellable): AsyncGenerator<FoveaCase, void>;
  /** The stored image: rebuilt from what was uploaded, without its metadata. */
  imageOf(id: string, options?: Cancellable): Promise<Blob>;
  /** What moved the fine reader, a PNG to lay over the upright image. Default: for the decided label. */
  heatmapOf(id: string, options?: Cancellable & { readonly label?: string }): Promise<Blob>;
  /**
   * Alerts as they happen, each once and in order, also across restarts of the server; until the signal or `break`.
   * @param cursor of the last alert you have; default: only what happens from now on
   */
  follow(cursor?: number, options?: Cancellable): AsyncGenerator<FoveaAlert, void>;
}

/** A client of one server. Holds no connection of its own and needs no end. */
export function createFoveaClient(options: FoveaClientOptions): FoveaClient {
  const { baseUrl, apiKey, fetch = globalThis.fetch, timeoutMs = timeoutMsDefault } = options;
  const http = createClient<paths>({
    baseUrl,
    fetch: withRetries((request) => fetch(request), timeoutMs),
    bodySerializer: bodyOf,
    ...(apiKey !== undefined && { headers: { "X-API-Key": apiKey } }),
  });
  return {
    http,
    screen: (programme, image, subject = {}, wishes = {}) => screen(http, programme, image, subject, wishes),
    case: async (id, { signal } = {}) =>
      answered(await http.GET("/v1/cases/{id}", { params: { path: { id } }, ...cancelledBy(signal) })),
    cases: (filter = {}, { signal } = {}) => cases(http, filter, signal),
    imageOf: async (id, { signal } = {}) =>
      answered(
        await http.GET("/v1/cases/{id}/image", { params: { path: { id } }, parseAs: "blob", ...cancelledBy(signal) }),
      ),
    heatmapOf: async (id, { label, signal } = {}) => {
      const params = { path: { id }, ...(label !== undefined && { query: { label } }) };
      return answered(await http.GET("/v1/cases/{id}/heatmap", { params, parseAs: "blob", ...cancelledBy(signal) }));
    },
    follow: (cursor, { signal = new AbortController().signal } = {}) => {
      const { WebSocket = globalThis.WebSocket as WebSocketConstructor | undefined } = options;
      if (WebSocket === undefined) throw new TypeError("follow needs a WebSocket: give createFoveaClient that of `ws`");
      return followAlerts({ address: (until) => socketAddress(http, baseUrl, until), WebSocket }, cursor, signal);
    },
  };
}

async function screen(
  http: Client<paths>,
  programme: string,
  image: Blob | Uint8Array,
  subject: FoveaSubject,
  { strategy, lane, deadlineMs, idempotencyKey = crypto.randomUUID(), signal }: ScreenOptions,
): Promise<FoveaCase> {
  const header: CreateCaseHeaders = {
    "idempotency-key": idempotencyKey,
    ...(strategy !== undefined && { "x-strategy": strategy }),
    ...(lane !== undefined && { "x-lane": lane }),
    ...(deadlineMs !== undefined && { "x-deadline-ms": deadlineMs }),
  };
  const body: CaseForm = { ...subject, image: image instanceof Blob ? image : new Blob([image as BlobPart]) };
  const params = { path: { programme }, header };
  return answered(await http.POST("/v1/programmes/{programme}/cases", { params, body, ...cancelledBy(signal) }));
}

type BlobPart = NonNullable<ConstructorParameters<typeof Blob>[0]>[number];

/** Files make a form, as every upload takes one; all else is JSON. */
function bodyOf(body: unknown): string | FormData {
  const members = Object.entries(body as object);
  if (!members.flatMap(([, value]) => value).some((value) => value instanceof Blob)) return JSON.stringify(body);
  const form = new FormData();
  for (const [name, value] of members)
    for (const each of Array.isArray(value) ? value : [value])
      if (each instanceof Blob) form.append(name, each);
      else if (each !== undefined) form.append(name, String(each));
  return form;
}

async function* cases(
  http: Client<paths>,
  filter: FoveaCaseFilter,
  signal: AbortSignal | undefined,
): AsyncGenerator<FoveaCase, void> {
  let cursor: string | undefined;
  do {
    const query = { ...filter, ...(cursor !== undefined && { cursor }) };
    const page = answered(await http.GET("/v1/cases", { params: { query }, ...cancelledBy(signal) }));
    yield* page.cases;
    cursor = page.next;
  } while (cursor !== undefined);
}

/** The link names the server as it sees itself; we know it as `baseUrl`. */
async function socketAddress(http: Client<paths>, baseUrl: string, signal: AbortSignal): Promise<URL> {
  const { href } = answered(await http.POST("/v1/events/links", { signal }));
  const own = `${baseUrl.replace(/^http/, "ws").replace(/\/$/, "")}/ws`;
  return new URL(new URL(href).search, own);
}

const cancelledBy = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });

/** @throws {FoveaProblem} */
function answered<T>({ data, error, response }: { data?: T; error?: unknown; response: Response }): T {
  if (data === undefined) throw problemOf(response, error);
  return data;
}
