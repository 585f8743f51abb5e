import { mkdir, open, readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { type Clock, syncFolder, systemClock } from "../platform/index.ts";
import { firstPrevious, lineOf, type RegistryDraft, type RegistryEvent, readLine, sha256Of } from "./event.ts";
import { underLock } from "./file-lock.ts";
import { RegistryError } from "./registry-error.ts";
import { after, type RegistryState, stateOf } from "./release-state.ts";

/** About 60,000 events; a registry gets a handful a week. */
const fileBytesMax = 64 * 1024 * 1024;
const lockWaitMsMax = 5_000;

/** The file as it was read and verified. */
export interface EventLog {
  readonly events: readonly RegistryEvent[];
  readonly state: RegistryState;
  /** 0 when there is no event. */
  readonly headSeq: number;
  /** SHA-256 of the last line: keep it elsewhere, and a registry that was cut off or written anew shows. */
  readonly headSha256: string;
  /** Bytes of a last line that a writer did not finish; the next append cuts them off. */
  readonly tornBytes: number;
}

interface Parsed extends EventLog {
  /** Bytes of all whole lines. */
  readonly wholeBytes: number;
}

/**
 * The events of a registry, one JSON line each, each chained to the one before.
 * Shares its file with other processes: one appends at a time, any number read.
 */
export class EventFile {
  readonly #path: string;
  readonly #clock: Clock;

  constructor(path: string, clock: Clock = systemClock) {
    this.#path = path;
    this.#clock = clock;
  }

  /** @throws {RegistryError} registry-broken with the line, registry-too-large */
  async read(): Promise<EventLog> {
    const { wholeBytes: _, ...log } = parse(await readAll(this.#path));
    return log;
  }

  /**
   * Appends what `draft` makes of the present state, synced to the disk.
   *
   * @param expectedSeq the head the caller decided on; undefined: whatever it is now
   * @throws {RegistryError} head-moved, busy, registry-broken, and what the reducer says of the event
   */
  async append(
    draft: (state: RegistryState) => RegistryDraft,
    expectedSeq: number | undefined,
  ): Promise<RegistryEvent> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    return underLock(`${this.#path}.lock`, lockWaitMsMax, () => this.#append(draft, expectedSeq), this.#clock);
  }

  async #append(
    draft: (state: RegistryState) => RegistryDraft,
    expectedSeq: number | undefined,
  ): Promise<RegistryEvent> {
    const log = parse(await readAll(this.#path));
    if (expectedSeq !== undefined && expectedSeq !== log.headSeq)
      throw new RegistryError("head-moved", `the registry is at event ${log.headSeq}, not ${expectedSeq}`);
    const event = draft(log.state);
    after(log.state, event);
    const place = { seq: log.headSeq + 1, at: this.#clock.timestamp(), previous: log.headSha256 };
    const line = lineOf(event, place);
    const bytes = Buffer.from(`${line}\n`);
    if (log.wholeBytes + bytes.length > fileBytesMax)
      throw new RegistryError("registry-too-large", `the registry has reached ${fileBytesMax} bytes`);
    await writeAt(this.#path, log.wholeBytes, bytes);
    return readLine(line, place.seq, place.previous);
  }
}

async function readAll(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > fileBytesMax) throw new RegistryError("registry-too-large", `the registry has ${size} bytes`);
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

/** Cuts off what follows `position` first, and syncs the folder too: a new file's name must survive a power cut. */
async function writeAt(path: string, position: number, bytes: Uint8Array): Promise<void> {
  const file = await open(path, position === 0 ? "a+" : "r+", 0o600);
  try {
    await file.truncate(position);
    for (let done = 0; done < bytes.length; )
      done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(dirname(path));
}

function parse(bytes: Buffer): Parsed {
  const events: RegistryEvent[] = [];
  let previous = firstPrevious;
  let at = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, at)) {
    const text = decode(bytes.subarray(at, end), events.length + 1);
    events.push(readLine(text, events.length + 1, previous));
    previous = sha256Of(text);
    at = end + 1;
  }
  const tail = bytes.subarray(at);
  if (tail.length > 0) assertTorn(tail, events.length + 1);
  return {
    events,
    state: stateWithLine(events),
    headSeq: events.length,
    headSha256: previous,
    tornBytes: tail.length,
    wholeBytes: at,
  };
}

function decode(bytes: Uint8Array, line: number): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new RegistryError("registry-broken", `line ${line} of the registry is not UTF-8`, { line, cause });
  }
}

/**
 * A writer that was killed leaves the beginning of the next line. A line that has its end but no newline, or more after
 * it, was written whole and changed later: cutting it off would lose an event.
 */
function assertTorn(tail: Buffer, line: number): void {
  const text = tail.toString("latin1");
  const head = `{"seq":${line},`;
  const begins = text.length < head.length ? head.startsWith(text) : text.startsWith(head);
  if (begins && !/"hash":"[0-9a-f]{64}"\}/.test(text)) return;
  throw new RegistryError("registry-broken", `line ${line} of the registry does not end as it was written`, { line });
}

/** A chain that fits may still tell an impossible story; then somebody wrote it anew. */
function stateWithLine(events: readonly RegistryEvent[]): RegistryState {
  let state = stateOf([]);
  for (const event of events)
    try {
      state = after(state, event);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new RegistryError("registry-broken", `line ${event.seq} of the registry: ${why}`, {
        line: event.seq,
        cause,
      });
    }
  return state;
}
