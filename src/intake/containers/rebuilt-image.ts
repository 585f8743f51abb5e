/** A file written afresh from the allow-listed parts of an upload. */
export interface RebuiltImage {
  /** Owns its memory: a view of no larger buffer, so it can be handed to another thread. */
  readonly bytes: Uint8Array;
  /** Pixels after the orientation was applied. */
  readonly width: number;
  readonly height: number;
}

/** Copies the parts once, into memory that nothing else shares. */
export function joinBytes(parts: readonly Uint8Array[]): Buffer {
  const joined = Buffer.allocUnsafeSlow(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    joined.set(part, position);
    position += part.length;
  }
  return joined;
}

/** Ranges of a source to keep, in order; neighbours are merged so that a clean file is copied in one piece. */
export class KeptRanges {
  readonly #source: Buffer;
  readonly #ranges: { start: number; end: number }[] = [];

  constructor(source: Buffer) {
    this.#source = source;
  }

  keep(start: number, end: number): void {
    const last = this.#ranges.at(-1);
    if (last !== undefined && last.end === start) last.end = end;
    else this.#ranges.push({ start, end });
  }

  parts(): Buffer[] {
    return this.#ranges.map(({ start, end }) => this.#source.subarray(start, end));
  }
}
