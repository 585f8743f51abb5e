import { type Dispatcher, heldPacksMax, type NodeRoll, PackPublisher, PackRoll } from "../cluster/index.ts";
import type { NodePack, NodeView, ReaderPack } from "../contracts/index.ts";
import { type Log, systemClock } from "../platform/index.ts";
import { ChangeLater } from "./change-later.ts";
import { offersOf } from "./pack-offers.ts";

/** How often it is looked whether nodes hold packs by now, and for how long they are waited for. */
const lookMs = 200;
const nodesHoldMsMax = 60_000;
/** Of what reads, so much must hold a release before it is routed: else the few that do would be overrun. */
const slotShareMin = 0.5;
/** Packs whose ids are remembered. */
const idsMax = 1024;

type Bus = ConstructorParameters<typeof PackRoll>[0] & {
  readonly packs: ConstructorParameters<typeof PackPublisher>[0];
};

export interface NodeModelsOptions {
  readonly bus: Bus;
  readonly dispatcher: Pick<Dispatcher, "nodes" | "warmNodes">;
  /** Slots of the engine of this server, which holds what it is to hold already; 0 without one. */
  readonly localSlots: number;
  /** Digests of packs that are loaded at their first task. */
  readonly later: readonly string[];
  readonly log: Log;
}

/** Which packs the nodes of this server are to hold: publishes them, tells nodes, and shows how each stands. */
export class NodeModels {
  readonly #options: NodeModelsOptions;
  readonly #roll: PackRoll;
  readonly #later: Set<string>;
  readonly #ids = new Map<string, string>();
  /** What nodes were told last; and of it, by digest, what enough of them hold or were told at the start. */
  #held: readonly ReaderPack[] = [];
  #settled: ReadonlySet<string> = new Set();
  #changing: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: NodeModelsOptions) {
    this.#options = options;
    this.#later = new Set(options.later);
    const { bus, log } = options;
    this.#roll = new PackRoll(bus, new PackPublisher(bus.packs, systemClock, log), systemClock, log);
  }

  /** @param packs that nodes are to hold from the start: all at once, since nothing serves yet */
  start(packs: readonly ReaderPack[]): Promise<void> {
    this.#roll.start();
    this.#settled = digestsOf(packs);
    return this.#tell(packs);
  }

  close(): void {
    this.#closed = true;
    this.#roll.close();
  }

  /**
   * Resolves once enough of what reads holds these packs, one node after the other. What is not named any more may go
   * everywhere at once.
   * @throws {ChangeLater} when nobody does, or too few
   */
  hold(packs: readonly ReaderPack[]): Promise<void> {
    const fresh = packs.map(({ digest }) => digest).filter((digest) => !this.#settled.has(digest));
    if (fresh.length === 0) return this.#tell(packs);
    return this.#change(async () => {
      const rolls = await this.#roll.roll(await this.#offers(packs));
      this.#held = packs;
      const takers = rolls.filter(({ result }) => result !== "gone");
      if (takers.length === 0 && this.#options.localSlots === 0) await this.#awaitNode(fresh, true);
      else this.#assertEnough(takers, fresh);
      this.#settled = digestsOf(packs);
    });
  }

  /** @throws {ChangeLater} without an engine of this server, when no node loads them */
  async warm(digests: readonly string[]): Promise<void> {
    const { dispatcher, localSlots } = this.#options;
    const before = this.#later.size;
    for (const digest of digests) this.#later.delete(digest);
    if (this.#later.size < before) await this.#tell(this.#held);
    // Nodes that take no packs may have them for later as well.
    dispatcher.warmNodes(digests);
    if (localSlots === 0) await this.#awaitNode(digests, false);
  }

  /** The nodes with what this server knows of their packs. */
  shown(local: { readonly packs: readonly string[]; readonly later: readonly string[] } | undefined): NodeView[] {
    return this.#options.dispatcher.nodes().map((node): NodeView => {
      const { packs = [], later = [] } = node.local ? (local ?? {}) : node;
      const troubles = node.local ? undefined : this.#roll.troublesOf(node.name);
      const models: NodePack[] = [
        ...packs.map((digest) => this.#named({ digest, state: "loaded" })),
        ...later.map((digest) => this.#named({ digest, state: "later" })),
        ...(troubles?.loading ?? []).map((digest) => this.#named({ digest, state: "loading" })),
        ...(troubles?.failed ?? []).map(({ pack, code, detail }) =>
          this.#named({ digest: pack, state: "failed", code, detail }),
        ),
      ];
      return { ...node, models, ...(troubles !== undefined && { refused: troubles.refused }) };
    });
  }

  #named(pack: NodePack): NodePack {
    const id = this.#ids.get(pack.digest);
    return id === undefined ? pack : { id, ...pack };
  }

  #tell(packs: readonly ReaderPack[]): Promise<void> {
    return this.#change(async () => {
      this.#roll.want(await this.#offers(packs));
      this.#held = packs;
      const named = digestsOf(packs);
      this.#settled = new Set([...this.#settled].filter((digest) => named.has(digest)));
    });
  }

  async #offers(packs: readonly ReaderPack[]): ReturnType<typeof offersOf> {
    if (packs.length > heldPacksMax) throw new ChangeLater(`${packs.length} packs are more than a node is asked for`);
    for (const { digest, id } of packs) {
      this.#ids.delete(digest);
      this.#ids.set(digest, id);
    }
    for (const digest of this.#ids.keys()) if (this.#ids.size > idsMax) this.#ids.delete(digest);
    return offersOf(packs, this.#later);
  }

  /** One change after the other: one that lets packs go must not overtake one that rolls. */
  #change<T>(act: () => Promise<T>): Promise<T> {
    const mine = this.#changing.then(act);
    this.#changing = mine.catch(() => undefined);
    return mine;
  }

  #assertEnough(takers: readonly NodeRoll[], digests: readonly string[]): void {
    const { dispatcher, localSlots } = this.#options;
    const sum = (nodes: readonly { readonly slots: number }[]) => nodes.reduce((all, { slots }) => all + slots, 0);
    const known = new Set(takers.map(({ node }) => node));
    // Nodes that are given their packs by hand count where they were.
    const others = dispatcher.nodes().filter((node) => !node.local && !known.has(node.name) && holds(node, digests));
    const holding = sum(takers.filter(({ result }) => result === "holds")) + sum(others) + localSlots;
    const reading = sum(takers) + sum(others) + localSlots;
    if (holding >= Math.max(1, reading * slotShareMin)) return;
    const reasons = takers.flatMap(({ node, reason }) => (reason === undefined ? [] : [`${node}: ${reason}`]));
    throw new ChangeLater(`${holding} of ${reading} slots hold the packs; ${reasons.join("; ")}`);
  }

  async #awaitNode(digests: readonly string[], orLater: boolean): Promise<void> {
    const until = systemClock.now() + nodesHoldMsMax;
    const held = () => this.#options.dispatcher.nodes().some((node) => holds(node, digests, orLater));
    while (!held()) {
      if (systemClock.now() >= until || this.#closed) throw new ChangeLater("no node holds the packs");
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
  }
}

const digestsOf = (packs: readonly ReaderPack[]): ReadonlySet<string> => new Set(packs.map(({ digest }) => digest));

const holds = ({ state, packs = [], later = [] }: NodeView, digests: readonly string[], orLater = true): boolean =>
  state === "ready" && digests.every((digest) => packs.includes(digest) || (orLater && later.includes(digest)));
