import { type FileHandle, open } from "node:fs/promises";
import { RegistryError } from "./registry-error.ts";

/** The same request may succeed later. */
export class Transient extends Error {
  override readonly name = "Transient";
  readonly fault: "download-failed" | "download-stalled";

  constructor(fault: Transient["fault"], message: string, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}

export interface Transfer {
  readonly part: string;
  /** Bytes of the part that are there already. */
  readonly held: number;
  /** Strong ETag of the file the part was cut from. */
  readonly etag: string | undefined;
  readonly bytesTotal: number;
  readonly limits: { readonly stallMsMax: number; readonly redirectsMax: number };
  readonly signal: AbortSignal;
  keepEtag(etag: string | undefined): Promise<void>;
  /** @param bytes of the part now; @param more of them just came */
  onBytes(bytes: number, more: number): void;
}

/**
 * One attempt: asks for what is missing and writes it behind what is there, or anew when the server sends the whole
 * file because it changed or knows no ranges. Never writes more than `bytesTotal`.
 *
 * @throws {Transient} worth another attempt
 * @throws {RegistryError} download-refused, size-wrong
 */
export async function transfer(url: URL, job: Transfer): Promise<void> {
  const stall = new AbortController();
  const clock = setTimeout(() => stall.abort(), job.limits.stallMsMax);
  try {
    const response = await follow(url, job, AbortSignal.any([job.signal, stall.signal]));
    try {
      await receive(response, job, () => clock.refresh());
    } finally {
      await response.body?.cancel().catch(() => undefined);
    }
  } catch (error) {
    if (stall.signal.aborted && !job.signal.aborted)
      throw new Transient("download-stalled", `no byte came for ${job.limits.stallMsMax} ms`, error);
    if (error instanceof RegistryError || error instanceof Transient || isOfFile(error)) throw error;
    throw new Transient("download-failed", "the connection failed", error);
  } finally {
    clearTimeout(clock);
  }
}

/** A full disk or a folder without rights does not mend itself by asking the server again. */
const isOfFile = (error: unknown): boolean => error instanceof Error && "syscall" in error && "errno" in error;

async function follow(from: URL, { held, etag, limits }: Transfer, signal: AbortSignal): Promise<Response> {
  const headers = {
    // A compressed answer would have other bytes than the catalogue counts.
    "accept-encoding": "identity",
    ...(held > 0 && { range: `bytes=${held}-`, ...(etag !== undefined && { "if-range": etag }) }),
  };
  let url = from;
  for (let redirects = 0; redirects <= limits.redirectsMax; redirects++) {
    const response = await fetch(url, { headers, redirect: "manual", signal });
    if (response.status < 300 || response.status >= 400) return response;
    await response.body?.cancel();
    const location = response.headers.get("location");
    if (location === null || !URL.canParse(location, url.href))
      throw new RegistryError("download-refused", `${url.host} redirects to nowhere`);
    url = new URL(location, url);
    if (!/^https?:$/.test(url.protocol))
      throw new RegistryError("download-refused", `${url.protocol} is no protocol for a model file`);
  }
  throw new RegistryError("download-refused", `more than ${limits.redirectsMax} redirects`);
}

async function receive(response: Response, job: Transfer, arrived: () => void): Promise<void> {
  const start = startOf(response, job);
  const length = response.headers.get("content-length");
  const announced = length === null ? undefined : start + Number(length);
  if (announced !== undefined && announced !== job.bytesTotal) throw wrongSize(announced, job);
  await job.keepEtag(strongEtag(response));
  const file = await open(job.part, start === 0 ? "w" : "r+", 0o600);
  try {
    await file.truncate(start);
    const end = await write(response, file, start, job, arrived);
    if (end !== job.bytesTotal) throw wrongSize(end, job);
  } finally {
    await file.close();
  }
}

async function write(
  response: Response,
  file: FileHandle,
  start: number,
  job: Transfer,
  arrived: () => void,
): Promise<number> {
  let at = start;
  if (response.body === null) return at;
  for await (const chunk of response.body) {
    arrived();
    if (at + chunk.length > job.bytesTotal) throw wrongSize(undefined, job);
    for (let done = 0; done < chunk.length; )
      done += (await file.write(chunk, done, chunk.length - done, at + done)).bytesWritten;
    at += chunk.length;
    job.onBytes(at, chunk.length);
  }
  return at;
}

/** Where the body begins in the file. */
function startOf({ status, headers }: Response, { held, bytesTotal }: Transfer): number {
  if (status === 200) return 0;
  if (status === 206) {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "");
    const total = range?.[2] === "*" ? bytesTotal : Number(range?.[2]);
    if (total !== bytesTotal) throw wrongSize(Number.isNaN(total) ? undefined : total, { bytesTotal });
    if (held > 0 && Number(range?.[1]) === held) return held;
    throw new RegistryError("download-refused", "the server sent another range than it was asked for");
  }
  if (status === 416) throw wrongSize(undefined, { bytesTotal });
  if (status === 408 || status === 429 || status >= 500)
    throw new Transient("download-failed", `the server answered ${status}`);
  throw new RegistryError("download-refused", `the server answered ${status}`);
}

/** A weak one promises no equal bytes. */
function strongEtag({ headers }: Response): string | undefined {
  const etag = headers.get("etag");
  return etag?.startsWith('"') ? etag : undefined;
}

const wrongSize = (found: number | undefined, { bytesTotal }: { bytesTotal: number }): RegistryError =>
  new RegistryError("size-wrong", `the server has ${found ?? "another number of"} bytes, ${bytesTotal} expected`);
