import { Latencies } from "./latencies.ts";
import { type Outcome, type OutcomeCounts, outcomes, type PhaseReport, type Slice } from "./phase.ts";

/** A phase is kept in at most so many pieces; when it grows longer, two and two of them become one. */
const piecesMax = 240;
const firstPieceMs = 1000;

/** One request that ended, ms from the start of its phase. */
export interface Ended {
  readonly outcome: Outcome;
  /** Undefined where no answer came. */
  readonly status: number | undefined;
  readonly retryAfter: boolean;
  readonly dueAt: number;
  readonly endedAt: number;
  /** Images with a result. */
  readonly images: number;
  /** The request should have been rejected. */
  readonly isBad: boolean;
}

export interface PhaseHead {
  readonly name: string;
  readonly loop: "open" | "closed";
  readonly plan: string;
  readonly clients: number | null;
}

const none = (): Record<Outcome, number> =>
  Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as Record<Outcome, number>;

class Piece {
  readonly counts = none();
  readonly latencies = new Latencies();
  due = 0;
  sent = 0;
  done = 0;

  add(other: Piece): void {
    for (const outcome of outcomes) this.counts[outcome] += other.counts[outcome];
    this.latencies.addAll(other.latencies);
    this.due += other.due;
    this.sent += other.sent;
    this.done += other.done;
  }
}

/** Counts what becomes of the requests of one phase. */
export class Tally {
  readonly #counts = none();
  readonly #byStatus = new Map<string, number>();
  readonly #ended: Readonly<Record<"ok" | "shed" | "rejected" | "all", Latencies>> = {
    ok: new Latencies(),
    shed: new Latencies(),
    rejected: new Latencies(),
    all: new Latencies(),
  };
  readonly #lag = new Latencies();
  #pieces: Piece[] = [];
  #pieceMs = firstPieceMs;
  readonly #untilMs: number;
  #due = 0;
  #sent = 0;
  #notSent = 0;
  #refusals = 0;
  #withRetryAfter = 0;
  #done = 0;
  #images = 0;
  #misjudged = 0;
  #lastEndedAt = 0;
  readonly #cpuBefore = process.cpuUsage();

  /** @param untilMs answers that come later do not count towards what was done a second */
  constructor(untilMs: number) {
    this.#untilMs = untilMs;
  }

  get sent(): number {
    return this.#sent;
  }

  /** Latencies of requests with a result, to be added up over phases. */
  get ok(): Latencies {
    return this.#ended.ok;
  }

  get shed(): Latencies {
    return this.#ended.shed;
  }

  send(dueAt: number, sentAt: number): void {
    this.#due++;
    this.#sent++;
    this.#lag.add(Math.max(0, sentAt - dueAt));
    const piece = this.#pieceAt(dueAt);
    piece.due++;
    piece.sent++;
  }

  skip(dueAt: number): void {
    this.#due++;
    this.#notSent++;
    this.#pieceAt(dueAt).due++;
  }

  end({ outcome, status, retryAfter, dueAt, endedAt, images, isBad }: Ended): void {
    const ms = endedAt - dueAt;
    this.#counts[outcome]++;
    if (isBad ? outcome === "ok" || outcome === "later" : outcome === "rejected") this.#misjudged++;
    const key = status === undefined ? outcome : String(status);
    this.#byStatus.set(key, (this.#byStatus.get(key) ?? 0) + 1);
    const piece = this.#pieceAt(dueAt);
    piece.counts[outcome]++;
    if (outcome === "shed") {
      this.#refusals++;
      if (retryAfter) this.#withRetryAfter++;
    }
    if (outcome !== "left") this.#ended.all.add(ms);
    if (outcome === "ok" || outcome === "shed" || outcome === "rejected") this.#ended[outcome].add(ms);
    if (outcome !== "ok") return;
    piece.latencies.add(ms);
    this.#pieceAt(endedAt).done++;
    if (endedAt > this.#untilMs) return;
    this.#done++;
    this.#images += images;
  }

  /** @param seconds for which requests were due; of a closed loop, how long it took */
  report(head: PhaseHead, seconds: number, stopped: boolean): PhaseReport {
    const perSecond = (count: number): number => (seconds > 0 ? count / seconds : 0);
    const cpu = process.cpuUsage(this.#cpuBefore);
    const ranMs = Math.max(1, this.#lastEndedAt, seconds * 1000);
    return {
      ...head,
      seconds,
      due: this.#due,
      sent: this.#sent,
      notSent: this.#notSent,
      ...this.#counts,
      goodput: perSecond(this.#done),
      imagesPerSecond: perSecond(this.#images),
      misjudged: this.#misjudged,
      byStatus: Object.fromEntries([...this.#byStatus].sort(([a], [b]) => (a < b ? -1 : 1))),
      latency: {
        ok: this.#ended.ok.summary(),
        shed: this.#ended.shed.summary(),
        rejected: this.#ended.rejected.summary(),
        all: this.#ended.all.summary(),
      },
      lag: this.#lag.summary(),
      senderCores: Number(((cpu.user + cpu.system) / 1000 / ranMs).toFixed(3)),
      retryAfter: { of: this.#refusals, with: this.#withRetryAfter },
      curve: this.#ended.ok.curve(),
      series: this.#pieces.map((piece, i) => this.#slice(piece, i)),
      stopped,
    };
  }

  #slice({ counts, latencies, due, sent, done }: Piece, i: number): Slice {
    const { p50, p99, max } = latencies.summary();
    return { atS: (i * this.#pieceMs) / 1000, due, sent, done, ...(counts as OutcomeCounts), p50, p99: p99 ?? max };
  }

  #pieceAt(ms: number): Piece {
    let at = Math.max(0, Math.floor(ms / this.#pieceMs));
    for (; at >= piecesMax; at = Math.floor(ms / this.#pieceMs)) this.#widen();
    for (let i = this.#pieces.length; i <= at; i++) this.#pieces.push(new Piece());
    return this.#pieces[at] as Piece;
  }

  #widen(): void {
    this.#pieceMs *= 2;
    const narrow = this.#pieces;
    this.#pieces = [];
    for (const [i, piece] of narrow.entries()) {
      const wide = this.#pieces[i >> 1];
      if (wide === undefined) this.#pieces.push(piece);
      else wide.add(piece);
    }
  }
}
