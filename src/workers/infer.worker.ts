import { threadId } from "node:worker_threads";
import { Piscina } from "piscina";
import type { RawReading, ReaderPack } from "../contracts/index.ts";
import { isProblem, Problem } from "../contracts/problems.ts";
import { type Decoded, decode } from "./decode.ts";
import {
  batchItemsMax,
  type Cost,
  type FromThread,
  type ThreadImage,
  type ThreadItem,
  type ToThread,
} from "./messages.ts";
import { proofOf } from "./proof.ts";
import { type LoadedReader, type Score, Sessions } from "./sessions.ts";

// A worker thread: owns loaded sessions and nothing else. It decodes each image once, runs each pack once a batch, and
// returns problems. It is never ended while it runs.

const sessions = new Sessions();
const readers = new Map<string, LoadedReader>();
/** Packs that may be asked for, loaded or not. */
const known = new Map<string, ReaderPack>();

export default async function handle(message: ToThread): Promise<FromThread> {
  if (message.kind === "batch") return runBatch(message);
  if (message.kind === "warm") return warm(message);
  if (message.kind === "prove") return prove(message);
  readers.clear();
  await sessions.release();
  return { kind: "released" };
}

async function warm({
  sessions: kind,
  packs,
  later,
  threads,
  barrier,
}: Extract<ToThread, { kind: "warm" }>): Promise<FromThread> {
  sessions.kind = kind;
  const before = new Set(readers.keys());
  try {
    const costs: Cost[] = [];
    for (const pack of packs.filter(({ digest }) => !before.has(digest) && !later.includes(digest))) {
      const reader = await sessions.load(pack);
      costs.push(...(await warmReader(reader, kind.intraOpThreads > 1 ? 1 : Math.min(reader.batchMax, batchItemsMax))));
      readers.set(pack.digest, reader);
    }
    const kept = new Set(packs.map(({ digest }) => digest));
    for (const digest of before) if (!kept.has(digest)) readers.delete(digest);
    await sessions.keep([...readers.values()].map(({ pack }) => pack));
    known.clear();
    for (const pack of packs) known.set(pack.digest, pack);
    return { kind: "warm", ok: true, costs };
  } catch (error) {
    for (const { digest } of packs) if (!before.has(digest)) readers.delete(digest);
    return { kind: "warm", ok: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    Atomics.add(barrier, 0, 1);
    Atomics.notify(barrier, 0);
    for (let arrived = Atomics.load(barrier, 0); arrived < threads; arrived = Atomics.load(barrier, 0))
      Atomics.wait(barrier, 0, arrived);
  }
}

/** The first run of each size allocates: that is paid before the first caller waits. */
async function warmReader({ pack, input, score }: LoadedReader, itemsMax: number): Promise<Cost[]> {
  const costs: Cost[] = [];
  for (let items = 1; items <= itemsMax; items *= 2) {
    const pixels = new Uint8Array(items * 3 * input.width * input.height).fill(128);
    await score(pixels, items, false);
    const started = performance.now();
    await score(pixels, items, false);
    costs.push({ packs: [pack.digest], items, ms: performance.now() - started });
  }
  return costs;
}

async function prove({ pack, picture }: Extract<ToThread, { kind: "prove" }>): Promise<FromThread> {
  const reader = readers.get(pack) ?? (known.has(pack) ? await loadLate(pack) : undefined);
  const sha256 = reader && (await proofOf(reader, picture).catch(() => undefined));
  return { kind: "proof", sha256 };
}

type Timed = Decoded & { readonly decodeMs: number };

async function runBatch({ packs, maps, images }: Extract<ToThread, { kind: "batch" }>): Promise<FromThread> {
  const chosen: LoadedReader[] = [];
  for (const digest of packs) {
    const reader = readers.get(digest) ?? (await loadLate(digest));
    if (reader === undefined) {
      const problem = { code: "pack-not-installed" as const, detail: "the pack's files cannot be loaded" };
      return { kind: "batch", thread: threadId, items: images.map(() => ({ ok: false, problem })) };
    }
    chosen.push(reader);
  }
  const [first] = chosen as [LoadedReader];
  const decoded = await Promise.all(images.map((image) => decodeOne(image, first.input)));
  const good = decoded.filter((each): each is Timed => !(each instanceof Problem));
  const batch = join(good.map((each) => each.pixels));
  const readings: RawReading[][] = good.map(() => []);
  for (const reader of chosen) {
    const started = performance.now();
    const scores = good.length === 0 ? [] : await scoreAll(reader, batch, good.length, maps);
    const computeMs = (performance.now() - started) / Math.max(1, good.length);
    for (const [i, score] of scores.entries())
      if (score?.scores.every(Number.isFinite))
        readings[i]?.push({ reader: reader.pack.kind, pack: reader.pack.digest, ...score, computeMs });
  }
  const items = decoded.map((each): ThreadItem => {
    if (each instanceof Problem) return { ok: false, problem: each.toMessage() };
    const own = readings[good.indexOf(each)] as RawReading[];
    if (own.length !== packs.length) return { ok: false, problem: { code: "inference-failed" } };
    const kept = each.decodeMs > 0 ? { pixels: each.pixels } : {};
    return { ok: true, readings: own, quality: each.quality, decodeMs: each.decodeMs, ...kept };
  });
  return moved({ kind: "batch", thread: threadId, items });
}

/** A pack that was not loaded at the start; undefined when its files are gone or altered. */
async function loadLate(digest: string): Promise<LoadedReader | undefined> {
  const pack = known.get(digest);
  if (pack === undefined) throw new Error("a batch names a pack that is not known");
  try {
    const reader = await sessions.load(pack);
    readers.set(digest, reader);
    return reader;
  } catch {
    return undefined;
  }
}

async function decodeOne(image: ThreadImage, input: LoadedReader["input"]): Promise<Timed | Problem> {
  if ("pixels" in image) return { pixels: image.pixels, quality: image.quality, decodeMs: 0 };
  try {
    const started = performance.now();
    return { ...(await decode(image, input)), decodeMs: performance.now() - started };
  } catch (error) {
    if (isProblem(error)) return error;
    throw error;
  }
}

/** A run that fails is halved until the input that makes it fail stands alone; its neighbours are answered. */
async function scoreAll(
  reader: LoadedReader,
  pixels: Uint8Array,
  n: number,
  maps: boolean,
): Promise<(Score | undefined)[]> {
  try {
    return await reader.score(pixels, n, maps);
  } catch {
    if (n === 1) return [undefined];
    const half = n >> 1;
    const cut = (pixels.length / n) * half;
    return [
      ...(await scoreAll(reader, pixels.slice(0, cut), half, maps)),
      ...(await scoreAll(reader, pixels.slice(cut), n - half, maps)),
    ];
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Hands decoded pixels over instead of copying them. */
function moved(answer: Extract<FromThread, { kind: "batch" }>): FromThread {
  const buffers = answer.items.flatMap((item) => (item.ok && item.pixels ? [item.pixels.buffer] : []));
  const transferable = { [Piscina.transferableSymbol]: buffers, [Piscina.valueSymbol]: answer };
  return Piscina.move(transferable as never) as unknown as FromThread;
}
