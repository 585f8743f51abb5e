import { Problem } from "../contracts/problems.ts";

const DEPTH_MAX = 32;
const KEYS_MAX = 1000;

/** A top-level member of a JSON object; the value still as bytes of the body. */
export interface JsonMember {
  readonly key: string;
  readonly value: Buffer;
}

const byte = { quote: 0x22, backslash: 0x5c, comma: 0x2c, colon: 0x3a, openObject: 0x7b, closeObject: 0x7d } as const;
const openers = new Set([0x5b, byte.openObject]);
const closers = new Set([0x5d, byte.closeObject]);
const blanks = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * Cuts a JSON object into its members without building it, so that an image of many megabytes in it is never a
 * string, and nesting and keys are counted before a parser sees them. Loops, no recursion.
 *
 * Values are not judged here: pass each to `parseJson`.
 * @throws {Problem} json-invalid
 */
export function cutJsonObject(body: Buffer): JsonMember[] {
  const cutter = new Cutter(body);
  cutter.expect(byte.openObject, "The JSON body must be an object.");
  const members: JsonMember[] = [];
  if (cutter.takes(byte.closeObject)) return cutter.finish(members);
  do {
    cutter.countKey();
    const key = parseJson(cutter.string());
    if (typeof key !== "string") throw jsonInvalid("A key of the JSON body cannot be read.");
    if (key === "__proto__") throw jsonInvalid("The JSON body holds a key that is not allowed: __proto__.");
    cutter.expect(byte.colon, "The JSON body is damaged.");
    members.push({ key, value: cutter.value() });
  } while (cutter.takes(byte.comma));
  cutter.expect(byte.closeObject, "The JSON body is cut off or damaged.");
  return cutter.finish(members);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @throws {Problem} json-invalid */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(bytes)) as unknown;
  } catch {
    throw jsonInvalid("The JSON body is damaged.");
  }
}

class Cutter {
  readonly #body: Buffer;
  #position = 0;
  #keys = 0;

  constructor(body: Buffer) {
    this.#body = body;
  }

  #next(): number | undefined {
    while (blanks.has(this.#body[this.#position] ?? 0)) this.#position++;
    return this.#body[this.#position];
  }

  takes(wanted: number): boolean {
    const isThere = this.#next() === wanted;
    if (isThere) this.#position++;
    return isThere;
  }

  expect(wanted: number, detail: string): void {
    if (!this.takes(wanted)) throw jsonInvalid(detail);
  }

  finish(members: JsonMember[]): JsonMember[] {
    if (this.#next() !== undefined) throw jsonInvalid("The JSON body goes on after its end.");
    return members;
  }

  countKey(): void {
    if (++this.#keys > KEYS_MAX) throw jsonInvalid(`The JSON body has more than ${KEYS_MAX} keys.`);
  }

  string(): Buffer {
    if (this.#next() !== byte.quote) throw jsonInvalid("The JSON body is damaged.");
    const start = this.#position;
    this.#position = this.#endOfString(start);
    return this.#body.subarray(start, this.#position);
  }

  value(): Buffer {
    const first = this.#next();
    if (first === byte.quote) return this.string();
    const start = this.#position;
    this.#position = first !== undefined && openers.has(first) ? this.#endOfNested(start) : this.#endOfWord(start);
    return this.#body.subarray(start, this.#position);
  }

  /** Index behind the closing quote; a quote counts when an even number of backslashes precedes it. */
  #endOfString(start: number): number {
    const body = this.#body;
    for (let from = start + 1; ; ) {
      const quote = body.indexOf(byte.quote, from);
      if (quote < 0) throw jsonInvalid("The JSON body is cut off inside of a text.");
      let backslashes = 0;
      while (quote - 1 - backslashes >= from && body[quote - 1 - backslashes] === byte.backslash) backslashes++;
      if (backslashes % 2 === 0) return quote + 1;
      from = quote + 1;
    }
  }

  #endOfNested(start: number): number {
    let depth = 1;
    for (let at = start; ; ) {
      const current = this.#body[at];
      if (current === undefined) throw jsonInvalid("The JSON body is cut off.");
      at = current === byte.quote ? this.#endOfString(at) : at + 1;
      if (current === byte.colon) this.countKey();
      if (openers.has(current) && ++depth > DEPTH_MAX)
        throw jsonInvalid(`The JSON body nests deeper than ${DEPTH_MAX} levels.`);
      if (closers.has(current) && --depth === 1) return at;
    }
  }

  #endOfWord(start: number): number {
    let at = start;
    for (let current = this.#body[at]; current !== undefined; current = this.#body[++at])
      if (current === byte.comma || closers.has(current) || blanks.has(current)) break;
    return at;
  }
}

const jsonInvalid = (detail: string): Problem => new Problem("json-invalid", { detail });
