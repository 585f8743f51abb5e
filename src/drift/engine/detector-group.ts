import { EDetector, type EDetectorState, type StreamNull } from "./e-detector.ts";

/** Streams that share one threshold. */
export interface GroupPlan<Stream extends string> {
  readonly id: string;
  /** c: at most one false alarm in so many cases on average. */
  readonly threshold: number;
  /** A stream that cannot be had (a pack without embeddings) is left out. */
  readonly streams: Readonly<Partial<Record<Stream, StreamNull>>>;
}

export interface Alarm<Stream extends string = string> {
  readonly group: string;
  /** The stream with the most evidence. */
  readonly stream: Stream;
  /** Cases of that stream since the restart. */
  readonly atCase: number;
  /** Where the change most likely was, on the same count. */
  readonly changeAtCase: number;
  /** The group's value when it reached the threshold. */
  readonly value: number;
}

export interface GroupState<Stream extends string = string> {
  readonly detectors: Readonly<Partial<Record<Stream, EDetectorState>>>;
  readonly alarm: Alarm<Stream> | null;
}

/**
 * Several streams, one promise. The mean of e-detectors is an e-detector, so one threshold covers all of them and no
 * stream has to be paid for by a correction.
 *
 * An alarm stays until `restart`: as long as what it found is there, raising it again would say nothing new.
 */
export class DetectorGroup<Stream extends string> {
  readonly #plan: GroupPlan<Stream>;
  readonly #streams: readonly Stream[];
  readonly #detectors: ReadonlyMap<Stream, EDetector>;
  #alarm: Alarm<Stream> | undefined;

  /**
   * @param state a stream that it does not know, or knew with other bets, begins now: that never makes a false alarm likelier
   * @throws {RangeError} on a threshold below 1, no stream, or a state with streams that the plan has not
   */
  constructor(plan: GroupPlan<Stream>, state?: GroupState<Stream>) {
    const streams = Object.keys(plan.streams) as Stream[];
    if (!(plan.threshold >= 1) || streams.length === 0)
      throw new RangeError(`group ${plan.id} has ${streams.length} streams and a threshold of ${plan.threshold}`);
    if (state !== undefined && !Object.keys(state.detectors).every((each) => each in plan.streams))
      throw new RangeError(`the saved state of group ${plan.id} is of other streams`);
    this.#plan = plan;
    this.#streams = streams;
    this.#detectors = new Map(
      streams.map((stream) => {
        const streamNull = plan.streams[stream] as StreamNull;
        const saved = state?.detectors[stream];
        return [stream, new EDetector(streamNull, saved?.sums.length === streamNull.bets.length ? saved : undefined)];
      }),
    );
    this.#alarm = state?.alarm ?? undefined;
  }

  get id(): string {
    return this.#plan.id;
  }

  get threshold(): number {
    return this.#plan.threshold;
  }

  get alarm(): Alarm<Stream> | undefined {
    return this.#alarm;
  }

  /** Mean over the streams. */
  get value(): number {
    let total = 0;
    for (const detector of this.#detectors.values()) total += detector.value;
    return total / this.#detectors.size;
  }

  /** Each stream's own evidence and where its change would be, for a report. */
  get streams(): readonly { readonly stream: Stream; readonly value: number; readonly changeAtCase: number }[] {
    return this.#streams.map((stream) => {
      const { value, changePoint } = this.#detector(stream);
      return { stream, value, changeAtCase: changePoint };
    });
  }

  /**
   * Takes one case. A stream named with undefined passes; one that is not named is not touched, because its evidence
   * comes at another time of the case, and one that the plan has not is passed over. No stream is named twice a case.
   *
   * @returns the alarm when this case raised it
   * @throws {RangeError} on values outside of a stream's range; then nothing was taken
   */
  update(votes: Readonly<Partial<Record<Stream, number | undefined>>>): Alarm<Stream> | undefined {
    const named = this.#streams.filter((stream) => stream in votes);
    for (const stream of named) this.#refuse(stream, votes[stream]);
    for (const stream of named) {
      const vote = votes[stream];
      if (vote === undefined) this.#detector(stream).pass();
      else this.#detector(stream).update(vote);
    }
    if (this.#alarm !== undefined || this.value < this.#plan.threshold) return undefined;
    const { stream, changeAtCase } = this.streams.reduce((best, each) => (each.value > best.value ? each : best));
    const atCase = this.#detector(stream).cases;
    this.#alarm = { group: this.id, stream, atCase, changeAtCase, value: this.value };
    return this.#alarm;
  }

  /** After a release or when an incident was closed: nothing is held against the new beginning. */
  restart(): void {
    for (const detector of this.#detectors.values()) detector.restart();
    this.#alarm = undefined;
  }

  save(): GroupState<Stream> {
    const detectors = Object.fromEntries(
      [...this.#detectors].map(([stream, detector]) => [stream, detector.save()]),
    ) as Partial<Record<Stream, EDetectorState>>;
    return { detectors, alarm: this.#alarm ?? null };
  }

  #detector(stream: Stream): EDetector {
    return this.#detectors.get(stream) as EDetector;
  }

  #refuse(stream: Stream, vote: number | undefined): void {
    const { low, high } = this.#plan.streams[stream] as StreamNull;
    if (vote !== undefined && !(vote >= low && vote <= high))
      throw new RangeError(`${vote} of stream ${stream} is outside of [${low}, ${high}]`);
  }
}
