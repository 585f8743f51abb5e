import type { DrawnTokens, TokenDraw, TokenPool } from "../contracts/index.ts";
import type { Clock } from "../platform/index.ts";
import type { Bucket } from "./rate-policies.ts";

/** A gateway holds at most this share of a bucket ahead of its use: so far several together may go over. */
export const aheadShare = 1 / 8;
/** Buckets of one draw. */
const drawsMax = 256;
/** Nobody waits longer for the shared place; then, and for a while after, each gateway counts for itself. */
const drawMsMax = 250;
const awayMs = 2000;
/** A bucket that was empty is asked again no sooner. */
const emptyMsMin = 50;

interface Asked {
  readonly draw: TokenDraw;
  readonly resolve: (drawn: DrawnTokens | undefined) => void;
}

/** Draws for many buckets go in one question at a time; while it is out, the next one gathers. */
export class SharedPool {
  readonly #pool: TokenPool;
  readonly #clock: Clock;
  #asked: Asked[] = [];
  #asking: Promise<void> | undefined;
  #awayUntil = Number.NEGATIVE_INFINITY;
  /** Gateways that draw from it, as it said last. */
  gateways = 1;

  constructor(pool: TokenPool, clock: Clock) {
    this.#pool = pool;
    this.#clock = clock;
  }

  get isAway(): boolean {
    return this.#clock.now() < this.#awayUntil;
  }

  /** @returns undefined when the shared place does not answer in time */
  draw(draw: TokenDraw): Promise<DrawnTokens | undefined> {
    if (this.isAway) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#asked.push({ draw, resolve });
      this.#asking ??= this.#ask().finally(() => {
        this.#asking = undefined;
      });
    });
  }

  async #ask(): Promise<void> {
    while (this.#asked.length > 0) {
      const asked = this.#asked.slice(0, drawsMax);
      this.#asked = this.#asked.slice(drawsMax);
      const answer = await this.#inTime(asked.map(({ draw }) => draw));
      if (answer === undefined) this.#awayUntil = this.#clock.now() + awayMs;
      else this.gateways = answer.gateways;
      for (const [i, { resolve }] of asked.entries()) resolve(answer?.drawn[i]);
    }
  }

  async #inTime(draws: readonly TokenDraw[]): Promise<Awaited<ReturnType<TokenPool["drawTokens"]>> | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), drawMsMax);
    });
    try {
      return await Promise.race([this.#pool.drawTokens(draws), late]);
    } catch {
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A bucket that this process fills and empties alone. Below 0 it owes. */
export class OwnBucket {
  readonly #bucket: Bucket;
  readonly #clock: Clock;
  #tokens: number;
  #at: number;

  constructor(bucket: Bucket, clock: Clock) {
    this.#bucket = bucket;
    this.#clock = clock;
    this.#tokens = bucket.capacity;
    this.#at = clock.now();
  }

  get left(): number {
    const now = this.#clock.now();
    this.#tokens = Math.min(this.#bucket.capacity, this.#tokens + ((now - this.#at) / 1000) * this.#bucket.perS);
    this.#at = now;
    return this.#tokens;
  }

  /** Until there is one again, seconds. */
  get waitS(): number {
    return Math.max(0, 1 - this.left) / this.#bucket.perS;
  }

  /** @returns false, and nothing is taken, unless there is one at least */
  take(tokens: number): boolean {
    if (this.left < 1) return false;
    this.#tokens -= tokens;
    return true;
  }

  /** Takes what was used already. */
  charge(tokens: number): void {
    this.#tokens -= tokens;
  }
}

/**
 * One caller's bucket, of which this gateway holds some tokens ahead. The shared place is asked when those run low, beside
 * the requests; a request waits for it only when there are none.
 */
export class SharedBucket {
  readonly #name: string;
  readonly #bucket: Bucket;
  readonly #pool: SharedPool;
  readonly #clock: Clock;
  readonly #ahead: number;
  #tokens = 0;
  /** As the shared place said last, and when. */
  #there = 0;
  #saidAt = Number.NEGATIVE_INFINITY;
  #emptyUntil = Number.NEGATIVE_INFINITY;
  #drawing: Promise<boolean> | undefined;
  /** Counts alone while the shared place is away. */
  #own: OwnBucket | undefined;

  constructor(name: string, bucket: Bucket, pool: SharedPool, clock: Clock) {
    this.#name = name;
    this.#bucket = bucket;
    this.#pool = pool;
    this.#clock = clock;
    this.#ahead = Math.max(1, Math.ceil(Math.min(bucket.capacity * aheadShare, bucket.perS)));
  }

  get left(): number {
    if (this.#own !== undefined && this.#pool.isAway) return this.#own.left;
    const { capacity, perS } = this.#bucket;
    const since = Math.max(0, this.#clock.now() - this.#saidAt) / 1000;
    const there = Number.isFinite(since) ? Math.min(capacity, this.#there + since * perS) : capacity;
    return Math.min(capacity, there + this.#tokens);
  }

  /** As `OwnBucket.waitS`. */
  get waitS(): number {
    if (this.#own !== undefined && this.#pool.isAway) return this.#own.waitS;
    const emptyS = (this.#emptyUntil - this.#clock.now()) / 1000;
    return emptyS > 0 ? emptyS : Math.max(0, 1 - this.left) / this.#bucket.perS;
  }

  charge(tokens: number): void {
    if (this.#own !== undefined && this.#pool.isAway) this.#own.charge(tokens);
    else {
      this.#tokens -= tokens;
      if (this.#tokens < this.#ahead / 2) void this.#draw();
    }
  }

  /** As `OwnBucket.take`; a promise only where the shared place must be asked first. */
  take(tokens: number): boolean | Promise<boolean> {
    if (this.#pool.isAway) return this.#takeAlone(tokens);
    this.#own = undefined;
    if (this.#spend(tokens)) return true;
    if (this.#clock.now() < this.#emptyUntil) return false;
    return this.#drawAndTake(tokens);
  }

  #spend(tokens: number): boolean {
    if (this.#tokens < 1) return false;
    this.charge(tokens);
    return true;
  }

  async #drawAndTake(tokens: number): Promise<boolean> {
    while (await this.#draw()) {
      if (this.#spend(tokens)) return true;
      if (this.#clock.now() < this.#emptyUntil) return false;
    }
    return this.#takeAlone(tokens);
  }

  /** @returns false when the shared place is away */
  #draw(): Promise<boolean> {
    if (this.#clock.now() < this.#emptyUntil && this.#tokens >= 0) return Promise.resolve(true);
    this.#drawing ??= this.#drawOnce().finally(() => {
      this.#drawing = undefined;
    });
    return this.#drawing;
  }

  async #drawOnce(): Promise<boolean> {
    const owed = Math.max(0, -this.#tokens);
    const wanted = Math.max(0, this.#ahead - Math.max(0, this.#tokens));
    const drawn = await this.#pool.draw({ ...this.#bucket, bucket: this.#name, owed, wanted });
    if (drawn === undefined) return false;
    this.#tokens += owed + drawn.granted;
    this.#there = drawn.left;
    this.#saidAt = this.#clock.now();
    if (this.#tokens < 1) {
      const waitMs = ((1 - this.#tokens - Math.min(0, drawn.left)) / this.#bucket.perS) * 1000;
      this.#emptyUntil = this.#saidAt + Math.max(emptyMsMin, waitMs);
    }
    return true;
  }

  /** By an equal share of the bucket among the gateways that were there last. */
  #takeAlone(tokens: number): boolean {
    const { capacity, perS } = this.#bucket;
    const { gateways } = this.#pool;
    this.#own ??= new OwnBucket({ capacity: Math.max(1, capacity / gateways), perS: perS / gateways }, this.#clock);
    return this.#own.take(tokens);
  }
}
