import { type Alert, type AlertStore, isProblem, type News } from "../contracts/index.ts";
import type { Log } from "../platform/index.ts";

/** Newest alerts kept in memory: clients that come back all at once after a restart are caught up from here. */
const ringAlertsMax = 2048;
/** Alerts asked of the store at a time. */
const pageAlerts = 500;
/** Alerts of another gateway on the same database are found at the next look, where no news of them comes before. */
const pollMs = 1000;

export interface AlertFeedDeps {
  readonly alerts: AlertStore;
  readonly log: Log;
  /** Between this gateway and others, where they can hear each other. */
  readonly news?: News | undefined;
}

/**
 * Every alert behind a cursor, once and in order, for any number of followers. A follower is a number and a promise:
 * it takes the next alert when it has got rid of the one before, so a slow one holds no memory and one that is far
 * behind reads from the store again. While somebody follows, one look a second at the store serves them all; an alert
 * that was written here is looked for at once.
 */
export class AlertFeed {
  readonly #alerts: AlertStore;
  readonly #log: Log;
  readonly #others: News | undefined;
  readonly #waiting = new Set<() => void>();
  /** Pages being read, by the cursor they lie behind: followers that lack the same alerts share one reading. */
  readonly #pages = new Map<number, Promise<readonly Alert[]>>();
  /** Consecutive, the newest last. */
  #ring: Alert[] = [];
  #head: number | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #followers = 0;
  /** The newest that others were told of. */
  #told = 0;

  constructor({ alerts, log, news }: AlertFeedDeps) {
    this.#alerts = alerts;
    this.#log = log;
    this.#others = news;
    news?.onAlert((seq) => this.#hear(seq));
  }

  get followers(): number {
    return this.#followers;
  }

  /**
   * Number of the newest alert, as the store has it after this call.
   * @throws {Problem} store-unavailable
   */
  async head(): Promise<number> {
    await this.#look();
    return this.#head ?? 0;
  }

  /** An alert was written: looks for it now, and says to other gateways how far alerts go. */
  wake(): void {
    if (this.#followers > 0 || this.#others !== undefined) this.#lookQuietly(() => this.#tell());
  }

  #tell(): void {
    const head = this.#head ?? 0;
    if (head <= this.#told) return;
    this.#told = head;
    this.#others?.tellAlert(head);
  }

  #hear(seq: number): void {
    if (this.#followers > 0 && seq > (this.#head ?? 0)) this.#lookQuietly();
  }

  /**
   * The alerts behind `cursor`, until the signal says that nobody reads them any more.
   * @throws {Problem} store-unavailable; the follower may come back with its cursor
   */
  async *follow(cursor: number, signal: AbortSignal): AsyncGenerator<Alert, void> {
    let at = cursor;
    this.#enter();
    try {
      while (!signal.aborted) {
        const known = this.#head ?? at;
        const found = await this.#after(at);
        for (const alert of found) {
          if (signal.aborted) return;
          yield alert;
          at = alert.seq;
        }
        if (found.length > 0) continue;
        // What lay between is too old to be kept.
        at = Math.max(at, known);
        if (at >= (this.#head ?? 0)) await this.#news(signal);
      }
    } finally {
      this.#leave();
    }
  }

  #enter(): void {
    this.#followers++;
    this.#timer ??= setInterval(() => this.#lookQuietly(), pollMs).unref();
  }

  #leave(): void {
    this.#followers--;
    if (this.#followers > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #after(cursor: number): Promise<readonly Alert[]> {
    if (this.#head === undefined) await this.#look();
    if (cursor >= (this.#head ?? 0)) return [];
    const first = this.#ring[0]?.seq;
    if (first !== undefined && cursor >= first - 1)
      return this.#ring.slice(cursor - first + 1, cursor - first + 1 + pageAlerts);
    return this.#page(cursor);
  }

  #page(cursor: number): Promise<readonly Alert[]> {
    const running = this.#pages.get(cursor);
    if (running !== undefined) return running;
    const reading = this.#alerts.alertsAfter(cursor, pageAlerts).finally(() => this.#pages.delete(cursor));
    this.#pages.set(cursor, reading);
    return reading;
  }

  /** Until the head has moved, or the signal. */
  #news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#waiting.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener("abort", done, { once: true });
      if (signal.aborted) done();
    });
  }

  /** A look that began before this call may have missed what was written since: then another one follows it. */
  #look(): Promise<void> {
    if (this.#looking === undefined) {
      this.#looking = this.#advance().finally(() => {
        this.#looking = undefined;
      });
      return this.#looking;
    }
    this.#lookAgain ??= this.#looking
      .catch(() => undefined)
      .then(() => {
        this.#lookAgain = undefined;
        return this.#look();
      });
    return this.#lookAgain;
  }

  #lookQuietly(then = (): void => undefined): void {
    this.#look().then(then, (error: unknown) => {
      // The next look is a second away, and those who follow keep their cursors.
      this.#log.warn({ code: isProblem(error) ? error.code : "internal" }, "alerts cannot be read");
    });
  }

  async #advance(): Promise<void> {
    let at = this.#head;
    let last = 0;
    if (at === undefined) {
      // The ring is filled at the first look: everybody who was connected before a restart comes back at once.
      last = await this.#alerts.lastAlert();
      at = Math.max(0, last - ringAlertsMax);
    }
    for (;;) {
      const found = await this.#alerts.alertsAfter(at, pageAlerts);
      at = found.at(-1)?.seq ?? at;
      if (found.length > 0) this.#append(found);
      if (found.length < pageAlerts) break;
    }
    // At the start old alerts may be forgotten already; their numbers are not given again.
    this.#head = Math.max(at, last);
    for (const each of [...this.#waiting]) each();
  }

  #append(found: readonly Alert[]): void {
    const gap = found[0]?.seq !== (this.#ring.at(-1)?.seq ?? 0) + 1;
    this.#ring = [...(gap ? [] : this.#ring), ...found].slice(-ringAlertsMax);
  }
}
