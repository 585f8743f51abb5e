import type { BatchModel } from "../batches/index.ts";
import type { CaseRecord, LeasedItem, PredictResult, PredictTask } from "../contracts/index.ts";
import { Problem } from "../contracts/index.ts";
import { Random } from "../contracts/random.ts";
import { Faults } from "./faults.ts";
import { Network } from "./network.ts";
import { SimDatabase } from "./sim-database.ts";
import { type NodeOptions, SimNode } from "./sim-node.ts";
import { SimProcess } from "./sim-process.ts";
import { type MakeCore, type ServerOptions, type ServerWorld, SimServer } from "./sim-server.ts";
import type { Trace } from "./trace.ts";
import { VirtualTime } from "./virtual-time.ts";

/** Digests of packs: every node holds the first, most the second. */
export const packs = ["a".repeat(64), "b".repeat(64)] as const;

export interface WorldOptions {
  readonly seed: number;
  readonly trace: Trace;
  /** Broken ones, to see that the rules see it. */
  readonly makeCore?: MakeCore | undefined;
  readonly makeModel?: (() => BatchModel) | undefined;
}

/** A server's place: it has a life after each start. */
export interface Place {
  readonly process: SimProcess;
  readonly options: ServerOptions;
  server: SimServer;
}

/** Streams that do not disturb each other: a fault more does not make other images. */
const streams = { shape: 1, faults: 2, network: 3, nodes: 4, servers: 5, database: 6, work: 7 } as const;

/** Everything of one run, made from its seed: machines, clocks, network, database. Nothing moves yet. */
export class World {
  readonly time = new VirtualTime();
  readonly trace: Trace;
  readonly shape: Random;
  readonly work: Random;
  readonly faults: Faults;
  readonly faultsRandom: Random;
  readonly network: Network;
  readonly database: SimDatabase;
  readonly nodes = new Map<string, SimNode>();
  readonly places: Place[] = [];
  /** Items that fail each time, by the name of their image; and those that end whoever reads them, while faults last. */
  readonly badImages = new Set<string>();
  readonly killers = new Set<string>();
  /** The same for good, and images that are never to be had: both end dead. */
  readonly poison = new Set<string>();
  readonly gone = new Set<string>();
  /** What an item takes beside its reading, ms: where that is long, late words find the next one at work. */
  readonly itemMs: number;
  /** Called for a server that an item ends. */
  onKilled: (server: SimServer) => void = () => undefined;
  /** Hedges and tasks that might have been hedged, of lives that are over. */
  readonly past = { hedges: 0, escalations: 0, settled: 0, cancelled: 0 };
  readonly #serverWorld: ServerWorld;
  #touched = false;
  #cases = 0;

  constructor({ seed, trace, makeCore, makeModel }: WorldOptions) {
    const random = (stream: keyof typeof streams): Random => new Random(seed, streams[stream]);
    this.trace = trace;
    this.shape = random("shape");
    this.work = random("work");
    this.faultsRandom = random("faults");
    this.faults = new Faults(this.faultsRandom);
    this.itemMs = this.shape.chance(0.4) ? this.shape.between(2000, 30_000) : 0;
    this.network = new Network(this.time, random("network"), this.faults);
    const common = { time: this.time, faults: this.faults, trace };
    this.database = new SimDatabase({ ...common, random: random("database") }, makeModel?.());
    this.database.onAnswer = () => this.touch();
    const nodesRandom = random("nodes");
    const count = 1 + Math.floor(this.shape.between(0, 5));
    for (let i = 0; i < count; i++) this.#addNode(`node${i}`, i, nodesRandom);
    const { faults, network, database, nodes } = this;
    const screen: ServerWorld["screen"] = (item, server, read) => this.#screen(item, server, read);
    const touch = (): void => this.touch();
    this.#serverWorld = { random: random("servers"), faults, trace, network, database, nodes, screen, touch };
    const servers = 1 + Math.floor(this.shape.between(0, 3));
    for (let i = 0; i < servers; i++) this.#addServer(`server${i}`, makeCore);
  }

  touch(): void {
    this.#touched = true;
  }

  /** Runs until the time; promises that were settled by an event go on before the next event. */
  async runUntil(at: number, isOver: () => boolean = () => false): Promise<void> {
    let reached = false;
    this.time.at(at, () => {
      reached = true;
    });
    while (!reached && !isOver() && this.time.step()) {
      if (!this.#touched) continue;
      this.#touched = false;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  note(who: string, what: string): void {
    this.trace.note(this.time.now, who, what);
  }

  /** A new life in an old place. */
  startServer(place: Place): void {
    const { settled, cancelled, hedges, escalations } = place.server.rules;
    this.past.settled += settled;
    this.past.cancelled += cancelled;
    this.past.hedges += hedges;
    this.past.escalations += escalations;
    place.server = new SimServer(place.process, place.options, this.#serverWorld);
  }

  #clock(): { offsetMs: number; rate: number } {
    const rate = this.faults.has("clock-drift") ? this.shape.between(0.95, 1.05) : 1;
    if (rate !== 1) this.faults.strike("clock-drift");
    return { offsetMs: this.shape.between(0, 1e6), rate };
  }

  #addNode(name: string, i: number, random: Random): void {
    const process = new SimProcess(this.time, name, this.#clock());
    const options: NodeOptions = {
      slots: 1 + Math.floor(this.shape.between(0, 3)),
      itemMs: this.shape.between(5, 120),
      credit: { items: 1 + Math.floor(this.shape.between(0, 24)), bytes: this.shape.between(20, 400) },
      packs: i === 0 || this.shape.chance(0.7) ? packs : packs.slice(0, 1),
    };
    const node = new SimNode(process, options, { random, faults: this.faults }, (beat) => {
      for (const place of this.places) this.network.send(process, place.process, () => place.server.hear(beat));
    });
    this.nodes.set(name, node);
  }

  #addServer(name: string, makeCore: MakeCore | undefined): void {
    const process = new SimProcess(this.time, name, this.#clock());
    const local = this.shape.chance(0.4)
      ? { slots: 2, creditItems: 1 + Math.floor(this.shape.between(0, 16)), itemMs: this.shape.between(5, 120) }
      : undefined;
    const options = { local, width: 1 + Math.floor(this.shape.between(0, 6)), makeCore };
    this.places.push({ process, options, server: new SimServer(process, options, this.#serverWorld) });
  }

  #wait({ process }: SimServer, ms: number): Promise<void> {
    return new Promise((resolve) => {
      process.after(ms, () => {
        resolve();
        this.touch();
      });
    });
  }

  async #screen(
    item: LeasedItem,
    server: SimServer,
    read: (task: Omit<PredictTask, "id">) => Promise<PredictResult>,
  ): Promise<CaseRecord> {
    const sha256 = item.source.kind === "object" ? item.source.sha256 : "";
    if (this.badImages.has(sha256)) throw new Problem("image-undecodable");
    if (this.gone.has(sha256)) throw new Problem("source-unavailable");
    if (this.poison.has(sha256) || (this.killers.has(sha256) && !this.faults.healed)) {
      this.onKilled(server);
      return new Promise(() => undefined);
    }
    if (this.faults.strikes("source-slow")) await this.#wait(server, this.faultsRandom.between(1000, 60_000));
    if (this.itemMs > 0) await this.#wait(server, this.itemMs * this.shape.between(0.5, 1.5));
    const image = imageOf(sha256, 10);
    const { readings } = await read({ packs: [packs[0]], image, lane: "bulk", remainingMs: 20_000 });
    const id = `case-${++this.#cases}`;
    return { id, image: { sha256 }, readings } as unknown as CaseRecord;
  }
}

export const imageOf = (sha256: string, bytes: number): PredictTask["image"] => ({
  bytes: { byteLength: bytes } as Uint8Array,
  sha256,
  mediaType: "image/png",
  width: 1,
  height: 1,
});
