import { createHash, randomUUID } from "node:crypto";
import {
  isProblem,
  type Predictor,
  type PredictResult,
  type PredictTask,
  Problem,
  type Tracer,
} from "../contracts/index.ts";
import { type Clock, inSpan, type Log, version } from "../platform/index.ts";
import type { Bus, BusMessage, ImageExchange } from "./bus.ts";
import { CostFit } from "./cost-fit.ts";
import {
  cancelSchema,
  type Heartbeat,
  holdSchema,
  type Provider,
  packsMax,
  protocol,
  subjects,
  warmSchema,
} from "./messages.ts";
import type { PackHolder } from "./pack-holder.ts";
import { keyOf } from "./target.ts";
import { encodeJson, encodeProblem, encodeResult, readHeaders, readJson, type WireTask } from "./wire.ts";

const heartbeatMs = 1000;
const costsMax = 16;
/** A gateway learns of a draining node from one heartbeat; what it had sent by then arrives within this time. */
const drainNoticeMs = 250;

export interface ServedNodeOptions {
  readonly name: string;
  readonly bus: Bus;
  readonly images: ImageExchange;
  readonly predictor: Predictor;
  /** Digests of packs that the predictor would load at their first task. */
  readonly later: () => readonly string[];
  /** Loads such packs, and keeps them. */
  readonly warm: (packs: readonly string[]) => Promise<void>;
  /** What holds packs that servers ask for; without it the node serves what it has. */
  readonly holder?: Pick<PackHolder, "asked" | "view" | "onChange">;
  readonly provider: () => Provider;
  readonly slots: number;
  readonly credit: Heartbeat["credit"];
  readonly imageBytesMax: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly tracer?: Tracer | undefined;
}

/** The answering side: a `Predictor` that others reach over the bus, and its heart. */
export class ServedNode {
  readonly #options: ServedNodeOptions;
  readonly #incarnation = randomUUID();
  readonly #open = new Map<string, AbortController>();
  readonly #costs = new Map<string, { readonly packs: readonly string[]; readonly fit: CostFit }>();
  readonly #ends: (() => void)[] = [];
  #endService: (() => Promise<void>) | undefined;
  #emptied: (() => void) | undefined;
  #last: Heartbeat | undefined;
  #beating: Promise<void> | undefined;
  #draining = false;
  #seq = 0;

  constructor(options: ServedNodeOptions) {
    this.#options = options;
  }

  start(): void {
    const { bus, name, holder, log } = this.#options;
    this.#endService = bus.serve({
      name: "fovea-node",
      version,
      metadata: { node: name, protocol: String(protocol) },
      subject: subjects.predict(name),
      stats: () => this.#last ?? {},
      answer: (message) => void this.#answer(message),
    });
    this.#ends.push(
      bus.subscribe(subjects.cancel(name), ({ payload }) => {
        const cancel = readJson(payload, cancelSchema);
        if (cancel !== undefined) this.#open.get(cancel.task)?.abort();
      }),
      bus.subscribe(subjects.hello, () => this.#beat()),
      bus.subscribe(subjects.warm, ({ payload }) => this.#warm(readJson(payload, warmSchema)?.packs ?? [])),
    );
    if (holder !== undefined) {
      holder.onChange(() => this.#beat());
      this.#ends.push(
        bus.subscribe(subjects.hold(name), ({ payload }) => {
          const hold = readJson(payload, holdSchema);
          if (hold === undefined) log.warn("a server asks for packs in words that break the protocol");
          else holder.asked(hold);
        }),
      );
    }
    bus.onChange((connected) => {
      if (connected) this.#beat();
    });
    this.#beat();
    const timer = setInterval(() => this.#beat(), heartbeatMs);
    this.#ends.push(() => clearInterval(timer));
  }

  /** Says that it is leaving, answers what comes until everybody knows, then what is open, and leaves. */
  async drain(timeoutMs: number): Promise<void> {
    this.#draining = true;
    await this.#beating;
    await this.#say();
    await new Promise((resolve) => setTimeout(resolve, drainNoticeMs));
    await this.#endService?.();
    await this.#finished(timeoutMs);
    for (const end of this.#ends.splice(0)) end();
  }

  async #finished(timeoutMs: number): Promise<void> {
    if (this.#open.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#emptied = resolve;
      timer = setTimeout(resolve, timeoutMs);
    });
    clearTimeout(timer);
  }

  #beat(): void {
    this.#beating ??= this.#say()
      .catch((error: unknown) => this.#options.log.error({ err: error }, "no heartbeat"))
      .finally(() => {
        this.#beating = undefined;
      });
  }

  async #say(): Promise<void> {
    const { name, bus, predictor, later, provider, slots, credit, holder } = this.#options;
    const status = await predictor.status();
    const warm = new Set(status.packs);
    const isReady = status.state === "ready" && !this.#draining;
    const beat: Heartbeat = {
      protocol,
      node: name,
      incarnation: this.#incarnation,
      seq: ++this.#seq,
      state: this.#draining ? "draining" : isReady ? "ready" : "starting",
      version,
      packs: [...warm],
      later: later().filter((pack) => !warm.has(pack)),
      ...holder?.view(),
      provider: provider(),
      slots,
      credit,
      load: this.#open.size,
      costs: [...this.#costs.values()].flatMap(({ packs, fit }) =>
        // Rounding leaves a hair below nothing, and a heartbeat that breaks the protocol is none.
        fit.cost === undefined
          ? []
          : [{ packs: [...packs], fixedMs: Math.max(0, fit.cost.fixedMs), itemMs: Math.max(0, fit.cost.itemMs) }],
      ),
    };
    this.#last = beat;
    bus.publish(subjects.heartbeat(name), encodeJson(beat));
  }

  #warm(packs: readonly string[]): void {
    const mine = packs.filter((pack) => this.#options.later().includes(pack));
    if (mine.length === 0) return;
    this.#options.warm(mine).then(
      () => this.#beat(),
      (error: unknown) => this.#options.log.error({ err: error }, "packs cannot be loaded"),
    );
  }

  async #answer(message: BusMessage): Promise<void> {
    const { clock, log } = this.#options;
    const startedAt = clock.now();
    const read = readHeaders(message.headers);
    if (typeof read === "string") {
      log.warn({ reason: read }, "a request that breaks the protocol");
      message.respond(encodeProblem({ code: "internal", detail: read }));
      return;
    }
    const { id, trace } = read.task;
    const named = { task: id, trace_id: trace?.traceId };
    if (this.#open.has(id)) {
      message.respond(encodeProblem({ code: "internal", detail: "the task is open here already" }));
      return;
    }
    const controller = new AbortController();
    this.#open.set(id, controller);
    const n = this.#open.size;
    this.#warm(read.task.packs);
    try {
      const result = await this.#read(message, read, startedAt, controller.signal);
      const ms = clock.now() - startedAt;
      this.#learn(read.task, n, ms);
      message.respond(encodeResult(result));
      log.debug({ ...named, ms }, "read");
    } catch (error) {
      if (!isProblem(error)) log.error({ ...named, err: error }, "a defect");
      else log.debug({ ...named, code: error.code }, "not read");
      message.respond(encodeProblem(isProblem(error) ? error.toMessage() : { code: "internal" }));
    } finally {
      this.#open.delete(id);
      if (this.#open.size === 0) this.#emptied?.();
    }
  }

  /** @throws {Problem} as `#image` and `Predictor.predict` */
  #read(message: BusMessage, read: WireTask, startedAt: number, signal: AbortSignal): Promise<PredictResult> {
    const { clock, name, predictor, tracer } = this.#options;
    const { task } = read;
    const attributes = { "fovea.node": name, "fovea.lane": task.lane, "fovea.bytes": read.bytes };
    return inSpan(tracer, "node", { kind: "server", parent: task.trace, at: startedAt, attributes }, async (trace) => {
      const bytes = await this.#image(message, read);
      const remainingMs = task.remainingMs - (clock.now() - startedAt);
      return predictor.predict({ ...task, image: { ...task.image, bytes }, remainingMs, trace }, signal);
    });
  }

  /** @throws {Problem} when what came, or what lies where it should be, is not the image that was named */
  async #image({ payload }: BusMessage, { task, bytes, where }: WireTask): Promise<Uint8Array> {
    const { images, imageBytesMax } = this.#options;
    const { sha256 } = task.image;
    if (bytes > imageBytesMax) throw new Problem("image-too-large");
    const found = where === "payload" ? payload : await images.get(sha256, bytes).catch(() => undefined);
    // Not the image's fault: somebody else may fetch it.
    if (found === undefined)
      throw new Problem("engine-not-ready", { detail: "the image cannot be fetched", retryAfterS: 1 });
    if (found.byteLength !== bytes || createHash("sha256").update(found).digest("hex") !== sha256)
      throw new Problem("internal", { detail: "the image is not the one that was named" });
    return found;
  }

  #learn({ packs, maps }: Pick<PredictTask, "packs" | "maps">, n: number, ms: number): void {
    if (maps === true || packs.length > packsMax) return;
    const key = keyOf({ packs });
    let known = this.#costs.get(key);
    if (known === undefined) {
      known = { packs, fit: new CostFit() };
      this.#costs.set(key, known);
      const [oldest] = this.#costs.keys();
      if (this.#costs.size > costsMax && oldest !== undefined) this.#costs.delete(oldest);
    }
    known.fit.observe(n, ms);
  }
}
