import type { Heartbeat, Outcome } from "../cluster/index.ts";
import type { PredictResult, PredictTask, ProblemCode } from "../contracts/index.ts";
import type { Random } from "../contracts/random.ts";
import type { Faults } from "./faults.ts";
import type { SimProcess } from "./sim-process.ts";

const heartbeatMs = 1000;
/** A reading's length is that much apart from the mean, either way. */
const noise = 0.3;
/** The mailbox of a node is longer than the credit of one server. */
const waitingMax = 96;

export interface NodeOptions {
  readonly slots: number;
  readonly itemMs: number;
  readonly credit: Heartbeat["credit"];
  readonly packs: readonly string[];
}

interface Asked {
  readonly task: PredictTask;
  readonly answer: (outcome: Outcome) => void;
  readonly expiresAt: number;
}

/** What a reading of this image by this pack says, wherever it is made. */
export const scoreOf = (pack: string, sha256: string): number =>
  Number.parseInt(pack.slice(0, 6), 16) + Number.parseInt(sha256.slice(-6), 16) / 2 ** 24;

export const resultOf = ({ packs, image }: PredictTask, worker: string): PredictResult => ({
  readings: packs.map((pack) => ({ reader: "fast", pack, scores: [scoreOf(pack, image.sha256)], computeMs: 1 })),
  quality: { luminance: 1, contrast: 1, sharpness: 1 },
  worker,
  queueMs: 0,
  decodeMs: 0,
  batchSize: 1,
});

const refused = (code: ProblemCode): Outcome => ({ kind: "refused", problem: { code } });

/** A node as docs/protocol.md has it, whose readings take time and nothing else. */
export class SimNode {
  readonly process: SimProcess;
  readonly #options: NodeOptions;
  readonly #random: Random;
  readonly #faults: Faults;
  readonly #publish: (beat: Heartbeat) => void;
  readonly #open = new Map<string, Asked>();
  #waiting: string[] = [];
  #running = 0;
  #seq = 0;
  #draining = false;
  /** Times the length of a reading. */
  slower = 1;

  constructor(
    process: SimProcess,
    options: NodeOptions,
    world: { readonly random: Random; readonly faults: Faults },
    publish: (beat: Heartbeat) => void,
  ) {
    this.process = process;
    this.#options = options;
    this.#random = world.random;
    this.#faults = world.faults;
    this.#publish = publish;
  }

  start(): void {
    this.process.start();
    this.#open.clear();
    this.#waiting = [];
    this.#running = 0;
    this.#seq = 0;
    this.#draining = false;
    this.beat();
    this.process.every(heartbeatMs, () => this.beat());
  }

  /** Says that it leaves, and answers what comes meanwhile; whoever calls this ends it some time later. */
  drain(): void {
    this.#draining = true;
    this.beat();
  }

  beat(): void {
    const { slots, credit, packs, itemMs } = this.#options;
    this.#publish({
      protocol: 1,
      node: this.process.name,
      incarnation: `${this.process.name}#${this.process.run}`,
      seq: ++this.#seq,
      state: this.#draining ? "draining" : "ready",
      version: "simulated",
      packs: [...packs],
      later: [],
      provider: "cpu",
      slots,
      credit,
      load: this.#open.size,
      costs: [{ packs: [...packs], fixedMs: 0, itemMs: (itemMs * this.slower) / slots }],
    });
  }

  ask(task: PredictTask, answer: (outcome: Outcome) => void): void {
    const why = this.#refusal(task);
    if (why !== undefined) {
      answer(refused(why));
      return;
    }
    this.#open.set(task.id, { task, answer, expiresAt: this.process.now() + task.remainingMs });
    this.#waiting.push(task.id);
    this.#fill();
  }

  #refusal(task: PredictTask): ProblemCode | undefined {
    if (this.#open.has(task.id)) return "internal";
    if (this.#draining) return "draining";
    if (!task.packs.every((pack) => this.#options.packs.includes(pack))) return "pack-not-installed";
    return this.#waiting.length >= waitingMax ? "queue-full" : undefined;
  }

  /** Nobody waits for it any more: what runs is finished unseen. */
  cancel(id: string): void {
    if (!this.#waiting.includes(id)) return;
    this.#waiting = this.#waiting.filter((each) => each !== id);
    this.#answer(id, refused("client-closed-request"));
  }

  #fill(): void {
    while (this.#running < this.#options.slots) {
      const id = this.#waiting.shift();
      if (id === undefined) return;
      const asked = this.#open.get(id);
      if (asked === undefined) continue;
      if (asked.expiresAt <= this.process.now()) {
        this.#answer(id, refused("deadline-exceeded"));
        continue;
      }
      this.#running++;
      const ms = this.#options.itemMs * this.slower * this.#random.between(1 - noise, 1 + noise);
      this.process.after(ms, () => {
        this.#running--;
        const isBroken = this.#faults.strikes("reading-fails");
        const read: Outcome = { kind: "answered", result: resultOf(asked.task, this.process.name) };
        this.#answer(id, isBroken ? refused("inference-failed") : read);
        this.#fill();
      });
    }
  }

  #answer(id: string, outcome: Outcome): void {
    const asked = this.#open.get(id);
    this.#open.delete(id);
    asked?.answer(outcome);
  }
}
