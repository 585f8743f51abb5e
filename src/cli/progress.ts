const width = 24;
const redrawMsMin = 100;

/** One line that fills up, drawn on a terminal only; elsewhere each finished step is one line. */
export class Progress {
  readonly #out: NodeJS.WriteStream;
  readonly #started = performance.now();
  #step = "";
  #drawnAt = 0;

  constructor(out: NodeJS.WriteStream = process.stderr) {
    this.#out = out;
  }

  update(step: string, done: number, of: number): void {
    const whole = done >= of;
    const now = performance.now();
    if (!this.#out.isTTY) {
      if (whole && this.#step !== `${step} done`) this.#out.write(`${this.#seconds()}  ${step}\n`);
      this.#step = whole ? `${step} done` : step;
      return;
    }
    if (!whole && step === this.#step && now - this.#drawnAt < redrawMsMin) return;
    this.#step = step;
    this.#drawnAt = now;
    const filled = Math.round((width * Math.min(done, of)) / Math.max(1, of));
    const bar = "█".repeat(filled) + "░".repeat(width - filled);
    this.#out.write(
      `\r\x1b[2K${step.padEnd(14)} ${bar} ${Math.floor(done)}/${of}  ${this.#seconds()}${whole ? "\n" : ""}`,
    );
  }

  note(text: string): void {
    this.#out.write(`${this.#out.isTTY ? "\r\x1b[2K" : ""}${text}\n`);
  }

  #seconds(): string {
    return `${((performance.now() - this.#started) / 1000).toFixed(1).padStart(7)} s`;
  }
}
