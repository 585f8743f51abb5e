import { type Bus, type BusReply, Dispatcher, type Heartbeat, type ImageExchange, subjects } from "../cluster/index.ts";
import type { PredictTask } from "../contracts/index.ts";
import { createLog, systemClock } from "../platform/index.ts";
import { applyInput, askCapacity, type CapacityAnswer, type CapacityQuestion, coreOf, type Input } from "./capacity.ts";
import { resultOf } from "./sim-node.ts";
import { packs } from "./world.ts";

/** Images of the measurement; enough for the compiler to have settled and for garbage to be collected many times. */
const imagesMax = 400_000;
const openMax = 1024;

export interface CoreCost {
  readonly images: number;
  /** Of one core, garbage collection included, for each image. */
  readonly microseconds: number;
}

/** What the processor did meanwhile, all threads of this process, µs. */
function processorUs(act: () => void): number {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** How the cluster does, and what deciding cost in it. */
export interface Capacity {
  readonly answer: CapacityAnswer;
  readonly core: CoreCost;
}

/**
 * Simulates a cluster, keeps the inputs of its core, and feeds them to a core of their own, with nothing between them but
 * the loop: neither the simulated nodes nor a timer are in the figure. The first half warms it.
 */
export function measureCapacity(question: CapacityQuestion, onProgress?: (done: number, of: number) => void): Capacity {
  const inputs: Input[] = [];
  let submitted = 0;
  const answer = askCapacity(question, onProgress, (input) => {
    if (submitted >= imagesMax) return;
    if (input.kind === "submit") submitted++;
    inputs.push(input);
  });
  const core = coreOf();
  const half = Math.floor(inputs.length / 2);
  for (const input of inputs.slice(0, half)) applyInput(core, input);
  const rest = inputs.slice(half);
  const images = rest.filter(({ kind }) => kind === "submit").length;
  const us = processorUs(() => {
    for (const input of rest) applyInput(core, input);
  });
  return { answer, core: { images, microseconds: us / images } };
}

/** A bus whose nodes answer at once, from bytes that were made before. */
class InstantBus implements Bus {
  readonly #reply: Uint8Array;
  #hear: (payload: Uint8Array) => void = () => undefined;
  readonly #waiting: ((reply: BusReply) => void)[] = [];

  constructor(reply: Uint8Array) {
    this.#reply = reply;
  }

  beat(payload: Uint8Array): void {
    this.#hear(payload);
  }

  answerOldest(): void {
    this.#waiting.shift()?.({ kind: "reply", payload: this.#reply });
  }

  connected = (): boolean => true;
  messageBytesMax = (): number => 1024 * 1024;
  request = (): Promise<BusReply> => new Promise((resolve) => this.#waiting.push(resolve));
  publish = (): void => undefined;
  onChange = (): void => undefined;
  serve = () => async (): Promise<void> => undefined;

  subscribe(subject: string, handle: Parameters<Bus["subscribe"]>[1]): () => void {
    if (subject === subjects.heartbeats)
      this.#hear = (payload) => handle({ subject, headers: {}, payload, respond: () => undefined });
    return () => undefined;
  }
}

/**
 * What the whole dispatcher costs: promises, signals, headers, heartbeats and replies as JSON, everything but the NATS
 * client and the network.
 */
export async function measureDispatcher({ nodes, rate }: CapacityQuestion): Promise<CoreCost> {
  const images = Math.min(imagesMax / 8, rate);
  const bytes = new Uint8Array(60_000);
  const image = { bytes, sha256: "0".repeat(64), mediaType: "image/png", width: 512, height: 512 } as const;
  const taskOf = (i: number): PredictTask => ({
    id: `t${i}`,
    packs: [packs[0]],
    image,
    lane: "interactive",
    remainingMs: 20_000,
  });
  const bus = new InstantBus(Buffer.from(JSON.stringify({ result: resultOf(taskOf(0), "node") })));
  const exchange: ImageExchange = { put: async () => undefined, get: async () => undefined };
  const log = createLog("silent", "simulation");
  let nowMs = 0;
  // Time goes with the images: however slow this machine is, no node is silent for longer than it would be.
  const clock = { ...systemClock, now: () => nowMs };
  const dispatcher = new Dispatcher({ bus, images: exchange, clock, log });
  dispatcher.start();
  let seq = 0;
  const beat = (node: number): void => bus.beat(Buffer.from(JSON.stringify(beatOf(node, ++seq))));
  for (let node = 0; node < nodes; node++) beat(node);
  const everyImages = Math.max(1, Math.floor(rate / nodes));
  // What a caller's signal costs is the caller's: they are made before, and taken again.
  const signals = Array.from({ length: openMax }, () => new AbortController().signal);
  const read = async (from: number, to: number): Promise<void> => {
    const open = new Set<Promise<unknown>>();
    for (let i = from; i < to; i++) {
      nowMs = (i * 1000) / rate;
      const signal = signals.pop() ?? new AbortController().signal;
      const answered: Promise<unknown> = dispatcher.predict(taskOf(i), signal).finally(() => {
        open.delete(answered);
        signals.push(signal);
      });
      open.add(answered);
      // Each node is heard once a second.
      if (i % everyImages === 0) beat((i / everyImages) % nodes);
      if (open.size < openMax) continue;
      bus.answerOldest();
      if (i % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    for (let i = 0; i < openMax; i++) bus.answerOldest();
    await Promise.all(open);
  };
  try {
    await read(0, images / 2);
    const before = process.cpuUsage();
    await read(images / 2, images);
    const { user, system } = process.cpuUsage(before);
    return { images: images / 2, microseconds: (user + system) / (images / 2) };
  } finally {
    dispatcher.close();
  }
}

const beatOf = (node: number, seq: number): Heartbeat => ({
  protocol: 1,
  node: `node-${node}`,
  incarnation: "1",
  seq,
  state: "ready",
  version: "simulated",
  packs: [packs[0]],
  later: [],
  provider: "cpu",
  slots: 2,
  credit: { items: 64, bytes: 1e9 },
  load: 0,
  costs: [],
});
