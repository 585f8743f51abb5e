/** What happened, as one number, and as lines where somebody wants to read them. */
export class Trace {
  readonly #write: ((line: string) => void) | undefined;
  #low = 0x811c9dc5;
  #high = 0x9747b28c;
  events = 0;

  /** @param write gets each line; without it only the hash is kept */
  constructor(write?: (line: string) => void) {
    this.#write = write;
  }

  note(at: number, who: string, what: string): void {
    this.events++;
    const line = `${at.toFixed(3)} ${who} ${what}`;
    for (let i = 0; i < line.length; i++) {
      const code = line.charCodeAt(i);
      this.#low = Math.imul(this.#low ^ code, 0x01000193);
      this.#high = Math.imul(this.#high ^ code, 0x85ebca6b) ^ (this.#high >>> 13);
    }
    this.#write?.(line);
  }

  /** Two runs with the same hash went the same way. */
  get hash(): string {
    const hex = (part: number): string => (part >>> 0).toString(16).padStart(8, "0");
    return hex(this.#high) + hex(this.#low);
  }
}
