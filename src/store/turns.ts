/** Acts on one object take turns; acts on different ones do not wait for each other. */
export class Turns {
  readonly #taken = new Map<string, Promise<void>>();
  readonly #shared = new Map<string, Promise<void>>();

  /** One at a time for each name: a put must not see an object that is being deleted. */
  async alone<T>(name: string, act: () => Promise<T>): Promise<T> {
    const before = this.#taken.get(name);
    const mine = (before ?? Promise.resolve()).then(act);
    const settled = mine.then(
      () => undefined,
      () => undefined,
    );
    this.#taken.set(name, settled);
    try {
      return await mine;
    } finally {
      if (this.#taken.get(name) === settled) this.#taken.delete(name);
    }
  }

  /** As `alone`, but whoever asks for the same while it waits or runs is given that one's result. */
  once(name: string, act: () => Promise<void>): Promise<void> {
    const running = this.#shared.get(name);
    if (running !== undefined) return running;
    const mine = this.alone(name, act).finally(() => this.#shared.delete(name));
    this.#shared.set(name, mine);
    return mine;
  }
}
