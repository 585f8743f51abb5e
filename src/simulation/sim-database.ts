import { BatchModel } from "../batches/index.ts";
import { type BatchStore, type CaseRecord, type ItemLease, Problem } from "../contracts/index.ts";
import type { Random } from "../contracts/random.ts";
import type { Faults } from "./faults.ts";
import { type Asked, ItemRules } from "./item-rules.ts";
import type { SimProcess } from "./sim-process.ts";
import type { Trace } from "./trace.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** The way of one call or answer, ms. */
const wayMs = [0.3, 5] as const;
/** A call that is stuck on its way, ms; it may come long after its caller gave up. */
const stuckMs = [5000, 90_000] as const;
/** As record-thread.ts waits. */
const callMsMax = 30_000;
/** Until it is said that an answer does not come. */
const givenUpMs = [5, 2000] as const;

/** The database that servers share: the batch rules, reached over a way that fails. */
export class SimDatabase {
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #faults: Faults;
  readonly #trace: Trace;
  readonly model: BatchModel;
  readonly rules = new ItemRules();
  /** Its clock against the time of the world, ms. */
  aheadMs = 0;
  isDown = false;
  /** Processes whose calls do not come through. */
  readonly cut = new Set<string>();
  /** Told after each answer: promises of workers go on now. */
  onAnswer: () => void = () => undefined;

  constructor(
    world: { readonly time: VirtualTime; readonly random: Random; readonly faults: Faults; readonly trace: Trace },
    model = new BatchModel(),
  ) {
    this.#time = world.time;
    this.#random = world.random;
    this.#faults = world.faults;
    this.#trace = world.trace;
    this.model = model;
  }

  now(): number {
    return this.#time.now + this.aheadMs;
  }

  /** One transaction, here and now, judged. */
  act<T>(asked: Asked, act: (model: BatchModel, now: number) => T): T {
    const now = this.now();
    const answer = act(this.model, now);
    this.rules.follow(this.model, asked, now);
    return answer;
  }

  /** The part of a store that a worker uses, as one process reaches it. */
  storeOf(process: SimProcess): BatchStore {
    const call = <T>(asked: Asked, act: (model: BatchModel, now: number) => T) => this.#call(process, asked, act);
    const never = (): Promise<never> => Promise.reject(new Error("no worker calls this"));
    const leasesOf = (leases: readonly ItemLease[]) =>
      leases.map(({ batch, seq, attempt }) => ({ batch, seq, attempt }));
    return {
      leaseItems: (ask) => call({ call: "lease" }, (model, now) => model.lease(ask, now)),
      renewLeases: (leases, ms) => {
        const held = leasesOf(leases);
        return call({ call: "renew", leases: held }, (model, now) => model.renew(held, ms, now));
      },
      settleItems: (settlements) =>
        call({ call: "settle", leases: leasesOf(settlements) }, (model, now) => model.settle(settlements, now)),
      recordItem: (made, _origin, lease) => this.#record(process, made, lease),
      dueWebhooks: async () => [],
      forgetBatches: async () => false,
      beginBatch: never,
      addItems: never,
      sealBatch: never,
      dropBatch: never,
      getBatch: never,
      listBatches: never,
      batchResults: never,
      cancelBatch: never,
      retryFailed: never,
      settleWebhook: never,
    };
  }

  /** The record thread sends a group once more when nobody knows whether it was committed. */
  async #record(process: SimProcess, made: CaseRecord, lease: ItemLease): Promise<boolean> {
    const call = () =>
      this.#call(process, { call: "record", leases: [lease], caseId: made.id }, (model, now) =>
        model.record(made, lease, now),
      );
    const again = this.#random.chance(0.5);
    return again ? call().catch(call) : call();
  }

  #call<T>(process: SimProcess, asked: Asked, act: (model: BatchModel, now: number) => T): Promise<T> {
    const { run } = process;
    return new Promise<T>((resolve, reject) => {
      const back = (ms: number, settle: () => void): void =>
        this.#time.after(ms, () =>
          process.deliver(() => {
            settle();
            this.onAnswer();
          }, run),
        );
      const fail = (why: string, ms = this.#random.between(...givenUpMs)): void => {
        this.#trace.note(this.#time.now, process.name, `${asked.call} fails: ${why}`);
        back(ms, () => reject(new Problem("store-unavailable")));
      };
      const arrive = (): void => {
        if (this.isDown || this.cut.has(process.name)) {
          fail("the database is away");
          return;
        }
        const answer = this.act(asked, act);
        this.#trace.note(this.#time.now, process.name, `${asked.call} ${wordsOf(answer)}`);
        if (this.#faults.strikes("commit-answer-lost")) fail("the answer is lost");
        else back(this.#random.between(...wayMs), () => resolve(answer));
      };
      // Late leases and renewals are ever so many, and say less: an item is nobody's then.
      const isWord = asked.call === "record" || asked.call === "settle";
      if (this.#faults.strikes("call-lost")) fail("the call is lost");
      else if (isWord && this.#faults.strikes("call-late")) {
        const [low, high] = stuckMs;
        this.#time.after(low * (high / low) ** this.#random.next(), arrive);
        fail("the call is stuck", callMsMax);
      } else this.#time.after(this.#random.between(...wayMs), arrive);
    });
  }
}

/** Leases by their names, and anything else as it is. */
const wordsOf = (answer: unknown): string =>
  Array.isArray(answer)
    ? answer.map(({ batch, seq, attempt }: ItemLease) => `${batch}/${seq}#${attempt}`).join(" ")
    : String(answer);
