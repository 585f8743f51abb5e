/** Tasks whose deadlines lie in the same span are kept together. */
const spanMs = 50;

/** What ends at a time, such that neither adding, nor removing, nor looking for what is due walks all that is open. */
export class Deadlines<T extends { readonly deadlineAt: number }> {
  readonly #spans = new Map<number, Set<T>>();

  add(one: T): void {
    const span = Math.floor(one.deadlineAt / spanMs);
    const there = this.#spans.get(span);
    if (there === undefined) this.#spans.set(span, new Set([one]));
    else there.add(one);
  }

  remove(one: T): void {
    const span = Math.floor(one.deadlineAt / spanMs);
    const there = this.#spans.get(span);
    if (there?.delete(one) === true && there.size === 0) this.#spans.delete(span);
  }

  /** Those whose time has come; they stay until they are removed. */
  due(now: number): readonly T[] {
    const current = Math.floor(now / spanMs);
    const due: T[] = [];
    for (const [span, there] of this.#spans)
      if (span <= current) for (const one of there) if (one.deadlineAt <= now) due.push(one);
    return due;
  }
}
