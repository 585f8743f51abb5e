import type { BatchModel } from "../batches/index.ts";
import type { BatchItemDraft, BatchRecord, Lane } from "../contracts/index.ts";
import { type FaultKind, faultKinds } from "./faults.ts";
import { Nemesis } from "./nemesis.ts";
import { scoreOf } from "./sim-node.ts";
import type { MakeCore } from "./sim-server.ts";
import { must, RuleBroken } from "./task-rules.ts";
import { Trace } from "./trace.ts";
import { imageOf, packs, World } from "./world.ts";

/**
 * After healing, each batch has ended within this time. What ends its holder is given up after eight tries, of a lease, the
 * work before and a new start each: 90 s; what was on its way beside it waits as long.
 */
const batchesEndMs = 1_200_000;
/** After healing, each server answers a caller with a reading within this time. */
const answersMs = 30_000;
const probeEveryMs = 1000;

/** What one seed was made of, and how it went. */
export interface SeedReport {
  readonly seed: number;
  /** The rule that did not hold, and when. */
  readonly broken?: { readonly rule: string; readonly atMs: number };
  /** Of everything that happened, in order. */
  readonly hash: string;
  readonly events: number;
  readonly virtualMs: number;
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly tasks: { readonly settled: number; readonly cancelled: number };
  readonly hedges: { readonly sent: number; readonly of: number };
  readonly items: Readonly<BatchRecord["counts"]>;
  /** Late words of former holders that changed nothing, and leases that were taken over. */
  readonly leases: { readonly fenced: number; readonly takenOver: number };
}

export interface SimulateOptions {
  readonly seed: number;
  readonly onLine?: ((line: string) => void) | undefined;
  readonly makeCore?: MakeCore | undefined;
  readonly makeModel?: (() => BatchModel) | undefined;
}

/** One run: work comes while things go wrong, then all is healed, and everything must end. */
export async function simulateSeed({ seed, onLine, makeCore, makeModel }: SimulateOptions): Promise<SeedReport> {
  const trace = new Trace(onLine);
  const world = new World({ seed, trace, makeCore, makeModel });
  let broken: SeedReport["broken"];
  try {
    await new Run(world).go();
  } catch (error) {
    if (!(error instanceof RuleBroken)) throw error;
    broken = { rule: error.message, atMs: world.time.now };
    world.note("RULE BROKEN", error.message);
  }
  return { seed, ...(broken && { broken }), ...reportOf(world) };
}

class Run {
  readonly #world: World;
  readonly #nemesis: Nemesis;
  readonly #batches: string[] = [];
  readonly #wantedCancelled = new Set<string>();
  #images = 0;

  constructor(world: World) {
    this.#world = world;
    this.#nemesis = new Nemesis(world);
  }

  async go(): Promise<void> {
    const world = this.#world;
    for (const node of world.nodes.values()) node.start();
    const { work } = world;
    const healAt = work.between(15_000, 60_000);
    const batches = 1 + Math.floor(work.between(0, 3));
    for (let i = 0; i < batches; i++) world.time.at(work.between(0, healAt * 0.7), () => this.#post(`batch${i}`));
    this.#callers(work.between(0.5, 12), healAt);
    this.#nemesis.begin();
    await world.runUntil(healAt);
    world.note("world", "healed");
    this.#nemesis.heal();
    world.touch();
    const answered = this.#probe();
    const isOver = (): boolean => answered.size === world.places.length && this.#batches.every((id) => this.#ended(id));
    await world.runUntil(healAt + answersMs, isOver);
    must(
      answered.size === world.places.length,
      `after healing, ${answered.size} of ${world.places.length} servers answer`,
    );
    await world.runUntil(healAt + batchesEndMs, isOver);
    for (const id of this.#batches)
      must(this.#ended(id), `batch ${id} does not end: ${JSON.stringify(this.#counts(id))}`);
    await this.#lastAnswers();
    this.#checkResults();
  }

  /** Whoever still asks is answered or gone by the deadline. */
  async #lastAnswers(): Promise<void> {
    const { places, time } = this.#world;
    const isQuiet = (): boolean => places.every(({ server }) => server.openItems === 0);
    await this.#world.runUntil(time.now + 25_000, isQuiet);
    must(isQuiet(), "a task is never answered");
  }

  #ended(id: string): boolean {
    const state = this.#world.database.model.all().get(id)?.state;
    return state === "done" || state === "cancelled";
  }

  #counts(id: string): BatchRecord["counts"] | undefined {
    return this.#world.database.model.get(id)?.counts;
  }

  #nextImage(): string {
    return (++this.#images).toString(16).padStart(64, "0");
  }

  #post(id: string): void {
    const { work, database, badImages, killers, poison, gone, faults, time, places } = this.#world;
    const count = 3 + Math.floor(work.between(0, this.#world.itemMs > 0 ? 8 : 38));
    const isPoisoned = this.#batches.length === 0 && work.chance(0.3);
    const hasGone = work.chance(0.1);
    const killer = faults.has("item-kills") ? Math.floor(work.between(0, count)) : -1;
    const items = Array.from({ length: count }, (_, i): BatchItemDraft => {
      const sha256 = this.#nextImage();
      if (work.chance(0.05)) badImages.add(sha256);
      if (i === killer) (isPoisoned ? poison : killers).add(sha256);
      if (hasGone && work.chance(0.1)) gone.add(sha256);
      if (work.chance(0.03)) return { subject: {}, problem: { code: "image-malformed" } };
      return { customId: `${i}`, subject: {}, source: { kind: "object", sha256 } };
    });
    const origin = { actor: "simulation", requestId: id };
    const priority = work.chance(0.3) ? ("low" as const) : ("normal" as const);
    database.act({ call: "post" }, (model, now) => {
      model.begin({ id, programme: "cataract", priority, origin }, now);
      model.add(id, 0, items, now);
      model.seal(id, now);
    });
    this.#world.note("client", `posts ${id} with ${count} items`);
    this.#batches.push(id);
    for (const { process, server } of places) if (process.alive) process.deliver(() => server.wake());
    if (work.chance(0.15)) time.after(work.between(100, 40_000), () => this.#cancel(id));
    if (work.chance(0.2)) time.after(work.between(1000, 60_000), () => this.#retry(id));
  }

  #cancel(id: string): void {
    if (this.#world.faults.healed) return;
    this.#world.note("client", `cancels ${id}`);
    this.#wantedCancelled.add(id);
    this.#world.database.act({ call: "cancel" }, (model, now) => model.cancel(id, now));
  }

  #retry(id: string): void {
    if (this.#world.faults.healed) return;
    this.#world.note("client", `wants what failed of ${id} anew`);
    this.#world.database.act({ call: "retry" }, (model, now) => model.retryFailed(id, now));
  }

  /** Callers who wait for one image each. */
  #callers(aSecond: number, untilMs: number): void {
    const { work, time } = this.#world;
    const wait = (-Math.log(1 - work.next()) * 1000) / aSecond;
    if (time.now + wait > untilMs) return;
    time.after(wait, () => {
      this.#call();
      this.#callers(aSecond, untilMs);
    });
  }

  #call(): void {
    const { work, places, time } = this.#world;
    const place = places[Math.floor(work.between(0, places.length))];
    const lanes: readonly Lane[] = ["interactive", "escalation", "escalation"];
    const lane = lanes[Math.floor(work.between(0, lanes.length))] as Lane;
    const wanted = [packs.slice(0, 1), packs.slice(1), packs][Math.floor(work.between(0, 3))] as readonly string[];
    const image = imageOf(this.#nextImage(), work.between(1, 60));
    const remainingMs = 50 * (20_000 / 50) ** work.next();
    const leavesAfterMs = work.chance(0.1) ? work.between(0, remainingMs) : undefined;
    if (place === undefined || !place.process.alive) return;
    const { process } = place;
    process.deliver(() => {
      const { server } = place;
      const id = server.submit({ packs: wanted, image, lane, remainingMs }, () => undefined);
      const { run } = process;
      if (leavesAfterMs !== undefined) time.after(leavesAfterMs, () => process.deliver(() => server.cancel(id), run));
    });
  }

  /** Asks each server again and again until it answers with a reading. */
  #probe(): Set<string> {
    const { places, time } = this.#world;
    const answered = new Set<string>();
    const ask = (): void => {
      for (const { server, process } of places) {
        if (answered.has(process.name)) continue;
        const task = { packs: [packs[0]], image: imageOf(this.#nextImage(), 1), lane: "interactive" as const };
        server.submit({ ...task, remainingMs: 5000 }, (answer) => {
          if (answer !== "cancelled" && "result" in answer) answered.add(process.name);
        });
      }
      if (answered.size < places.length) time.after(probeEveryMs, ask);
    };
    ask();
    return answered;
  }

  /** What clients see in the end. */
  #checkResults(): void {
    const cases = new Set<string>();
    for (const [id, batch] of this.#world.database.model.all()) {
      if (batch.state === "cancelled")
        must(this.#wantedCancelled.has(id), `batch ${id} is cancelled and nobody wished it`);
      for (const [seq, { state, record, draft }] of batch.items) {
        const name = `${id}/${seq}`;
        must(state !== "queued" && state !== "leased", `${name} is ${state} in a batch that ended`);
        if (state === "cancelled") must(this.#wantedCancelled.has(id), `${name} is cancelled and nobody wished it`);
        if (state !== "done" || record === undefined) continue;
        must(!cases.has(record.id), `${name} has the case of another item`);
        cases.add(record.id);
        const sha256 = draft.source?.kind === "object" ? draft.source.sha256 : "";
        must(record.image.sha256 === sha256, `${name} has the case of another image`);
        const [reading] = record.readings as unknown as readonly { readonly scores: readonly number[] }[];
        must(reading?.scores[0] === scoreOf(packs[0], sha256), `${name} has the reading of another image`);
        const { badImages, poison, gone } = this.#world;
        const isNone = badImages.has(sha256) || poison.has(sha256) || gone.has(sha256);
        must(!isNone, `${name} has a case though its image is none`);
      }
    }
  }
}

function reportOf(world: World): Omit<SeedReport, "seed" | "broken"> {
  const { trace, time, faults, past, places, database } = world;
  const rules = places.map(({ server }) => server.rules);
  const sum = (of: (each: (typeof rules)[number]) => number): number => rules.reduce((all, each) => all + of(each), 0);
  const items = { total: 0, queued: 0, leased: 0, done: 0, failed: 0, dead: 0, cancelled: 0 };
  for (const { counts, items: all } of database.model.all().values()) {
    items.total += all.size;
    for (const [state, count] of Object.entries(counts)) items[state as keyof typeof counts] += count;
  }
  return {
    hash: trace.hash,
    events: trace.events,
    virtualMs: time.now,
    faults: Object.fromEntries(
      faultKinds.flatMap((kind) => (faults.struck.has(kind) ? [[kind, faults.struck.get(kind)]] : [])),
    ),
    tasks: {
      settled: past.settled + sum((each) => each.settled),
      cancelled: past.cancelled + sum((each) => each.cancelled),
    },
    hedges: { sent: past.hedges + sum((each) => each.hedges), of: past.escalations + sum((each) => each.escalations) },
    items,
    leases: { fenced: database.rules.fenced, takenOver: database.rules.stolen },
  };
}
