import { randomUUID } from "node:crypto";
import type { Clock, Log } from "../platform/index.ts";
import type { Bus } from "./bus.ts";
import { type Heartbeat, type Hold, heartbeatSchema, subjects } from "./messages.ts";
import { mayMend, type PackOffer } from "./pack-exchange.ts";
import type { PackPublisher } from "./pack-publisher.ts";
import { encodeJson, readJson } from "./wire.ts";

/** How often each node is told again what to hold: one that just started, or missed it, learns of it so. */
const tellMs = 2000;
/** As long as the dispatcher believes a silent node. */
const deadMs = 5000;
/** Longest that one node may take to fetch and load what is new. */
const nodeMsMax = 60_000;
/** A node whose fetch failed is given so long to mend. */
const mendMsMax = 15_000;
/** Published packs are looked after so often while something is not there. */
const publishAgainMs = 5000;

/** How one node took a change. */
export interface NodeRoll {
  readonly node: string;
  readonly slots: number;
  readonly result: "holds" | "failed" | "late" | "gone";
  readonly reason?: string;
}

/** What a node said of the packs that it does not serve. */
export interface PackTroubles {
  readonly loading: readonly string[];
  readonly failed: NonNullable<Heartbeat["failed"]>;
  readonly refused: number;
}

interface Known {
  readonly beat: Heartbeat;
  readonly heardAt: number;
}

/**
 * Tells nodes which packs to hold, one node after the other where something changes: a node that loads reads more slowly
 * meanwhile. What it tells is said again and again, so that nothing depends on one message.
 */
export class PackRoll {
  readonly #bus: Bus;
  readonly #publisher: PackPublisher;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #server = randomUUID();
  readonly #nodes = new Map<string, Known>();
  /** By node, while its turn has not come: what it held before. */
  readonly #before = new Map<string, readonly PackOffer[]>();
  readonly #ends: (() => void)[] = [];
  #wanted: readonly PackOffer[] | undefined;
  #isPublished = false;
  /** Nodes are told once it was tried to publish, or they would look for what is not there yet. */
  #mayTell = false;
  #toldAt = Number.NEGATIVE_INFINITY;
  #publishAt = Number.NEGATIVE_INFINITY;
  #heard: { readonly promise: Promise<void>; readonly resolve: () => void } = waiting();
  #rolling: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(bus: Bus, publisher: PackPublisher, clock: Clock, log: Log) {
    this.#bus = bus;
    this.#publisher = publisher;
    this.#clock = clock;
    this.#log = log;
  }

  start(): void {
    this.#ends.push(
      this.#bus.subscribe(subjects.heartbeats, ({ payload }) => {
        const beat = readJson(payload, heartbeatSchema);
        if (beat !== undefined) this.#hear(beat);
      }),
    );
    const timer = setInterval(() => this.#tick(), 250);
    this.#ends.push(() => clearInterval(timer));
  }

  close(): void {
    this.#closed = true;
    for (const end of this.#ends.splice(0)) end();
    this.#wake();
  }

  /** Every node at once: for a start, and for packs that may go. */
  want(offers: readonly PackOffer[]): void {
    this.#wanted = offers;
    this.#before.clear();
    this.#isPublished = false;
    this.#mayTell = false;
    this.#publishAt = Number.NEGATIVE_INFINITY;
    this.#tick();
  }

  /**
   * One node after the other, by name, so that several servers come by in the same order. A node that comes meanwhile is
   * told of the new packs at once.
   *
   * @returns how each node took it; empty without nodes that take packs
   */
  roll(offers: readonly PackOffer[]): Promise<readonly NodeRoll[]> {
    const mine = this.#rolling.then(() => this.#roll(offers));
    this.#rolling = mine.catch(() => undefined);
    return mine;
  }

  async #roll(offers: readonly PackOffer[]): Promise<readonly NodeRoll[]> {
    const before = this.#wanted ?? [];
    const takers = this.#takers().sort();
    for (const node of takers) this.#before.set(node, before);
    this.#mayTell = false;
    this.#wanted = offers;
    // Where nothing can be published, nodes may still have the packs on their own disks.
    this.#isPublished = await this.#publisher.publish(offers);
    this.#mayTell = true;
    const rolls: NodeRoll[] = [];
    for (const node of takers) {
      this.#before.delete(node);
      this.#tell(node);
      rolls.push(await this.#settled(node, offers));
      if (this.#closed) break;
    }
    return rolls;
  }

  /** What the node says of packs it was asked for; undefined of one that is not known or takes none. */
  troublesOf(node: string): PackTroubles | undefined {
    const beat = this.#nodes.get(node)?.beat;
    if (beat?.takesPacks !== true) return undefined;
    return { loading: beat.loading ?? [], failed: beat.failed ?? [], refused: beat.refused ?? 0 };
  }

  #takers(): string[] {
    return [...this.#nodes].filter(([, known]) => this.#isTaker(known)).map(([node]) => node);
  }

  #isTaker({ beat, heardAt }: Known): boolean {
    return beat.takesPacks === true && beat.state !== "draining" && this.#clock.now() - heardAt < deadMs;
  }

  #hear(beat: Heartbeat): void {
    const known = this.#nodes.get(beat.node);
    const isNew = known?.beat.incarnation !== beat.incarnation;
    if (!isNew && beat.seq <= (known?.beat.seq ?? 0)) return;
    this.#nodes.set(beat.node, { beat, heardAt: this.#clock.now() });
    // Another process: whatever turn the one before had, this one has nothing to lose.
    if (isNew) this.#before.delete(beat.node);
    if (isNew) this.#tell(beat.node);
    for (const { object, code } of beat.failed ?? [])
      if (object !== undefined && (code === "object-missing" || code === "object-corrupt"))
        this.#publisher.repair(object);
    this.#wake();
  }

  #wake(): void {
    const { resolve } = this.#heard;
    this.#heard = waiting();
    resolve();
  }

  #tick(): void {
    const now = this.#clock.now();
    for (const [node, { heardAt }] of this.#nodes) if (now - heardAt >= nodeMsMax) this.#nodes.delete(node);
    if (now - this.#toldAt >= tellMs) this.#tellAll();
    const wanted = this.#wanted;
    if (wanted !== undefined && !this.#isPublished && this.#bus.connected() && now >= this.#publishAt) {
      this.#publishAt = Number.POSITIVE_INFINITY;
      void this.#publisher.publish(wanted).then((done) => {
        if (wanted !== this.#wanted) return;
        this.#isPublished = done;
        this.#publishAt = this.#clock.now() + publishAgainMs;
        if (this.#mayTell) return;
        this.#mayTell = true;
        this.#tellAll();
      });
    }
    this.#wake();
  }

  #tellAll(): void {
    this.#toldAt = this.#clock.now();
    for (const node of this.#takers()) this.#tell(node);
  }

  #tell(node: string): void {
    const offers = this.#before.get(node) ?? (this.#mayTell ? this.#wanted : undefined);
    const known = this.#nodes.get(node);
    if (offers === undefined || known === undefined || !this.#isTaker(known)) return;
    const hold: Hold = { server: this.#server, packs: offers.map(({ asked }) => ({ ...asked })) };
    this.#bus.publish(subjects.hold(node), encodeJson(hold));
  }

  async #settled(node: string, offers: readonly PackOffer[]): Promise<NodeRoll> {
    const startedAt = this.#clock.now();
    const { slots } = (this.#nodes.get(node) as Known).beat;
    for (;;) {
      const heard = this.#heard.promise;
      const waitedMs = this.#clock.now() - startedAt;
      const result = this.#resultOf(node, offers, waitedMs);
      if (result !== undefined) {
        if (result.result !== "holds") this.#log.warn({ node, ...result }, "a node does not hold the packs");
        return { node, slots, ...result };
      }
      await heard;
    }
  }

  #resultOf(
    node: string,
    offers: readonly PackOffer[],
    waitedMs: number,
  ): Pick<NodeRoll, "result" | "reason"> | undefined {
    const known = this.#nodes.get(node);
    if (known === undefined || this.#closed || !this.#isTaker(known)) return { result: "gone" };
    const { packs, later, failed = [] } = known.beat;
    const missing = offers.filter(({ asked: { pack } }) => !packs.includes(pack) && !later.includes(pack));
    if (missing.length === 0) return { result: "holds" };
    const failures = failed.filter(({ pack }) => missing.some(({ asked }) => asked.pack === pack));
    const [last] = failures.filter(({ code }) => !mayMend.has(code) || waitedMs >= mendMsMax);
    if (last !== undefined) return { result: "failed", reason: `${last.code}: ${last.detail}` };
    if (waitedMs >= nodeMsMax) return { result: "late", reason: `nothing was held after ${nodeMsMax} ms` };
    return undefined;
  }
}

function waiting(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
