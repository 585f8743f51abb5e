import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { AcceptedImage, Programme } from "../contracts/index.ts";
import { type Config, createLog, createMetrics, newCaseId, systemClock } from "../platform/index.ts";
import { type ScreeningDeps, screenCase } from "../screening/index.ts";
import {
  type BenchCase,
  type Bottleneck,
  bottleneckOf,
  type Median,
  medianOf,
  type Rate,
  rateOf,
  type Shares,
  sharesOf,
} from "./bench-figures.ts";
import { benchImages } from "./bench-images.ts";
import { createLocal } from "./cluster-engine.ts";
import { installedProgrammes, packsToLoad } from "./load-packs.ts";
import { openRecords } from "./records.ts";
import { readActive } from "./releases.ts";

export interface BenchWish {
  /** Measured time a programme; loading its packs comes on top. */
  readonly seconds: number;
  /** Folder of images; default: drawn ones. */
  readonly data?: string;
}

/** What one programme does on this machine, from an accepted image to a record on the disk. */
export interface ProgrammeBench {
  readonly programme: string;
  readonly packs: Readonly<Record<"fast" | "fine", string>>;
  readonly loadMs: number;
  readonly throughput: Rate;
  readonly latency: Median & { readonly shares: Shares; readonly allCores: number };
  readonly bottleneck: Bottleneck;
  /** Share of the images that the fine reader looked at as well. */
  readonly secondLooks: number;
}

export interface MachineBench {
  readonly cores: number;
  readonly workers: number;
  readonly provider: "cpu";
  readonly images: string;
  readonly records: string;
  readonly programmes: readonly ProgrammeBench[];
}

/** Of the measured time: before anything counts, and for one image after the other. */
const [warmShare, loneShare] = [0.1, 0.4];
const perWorker = 4;
const deadlineMs = 60_000;
const origin = { actor: "doctor", requestId: "doctor" };

/**
 * Measures every installed programme through the engine, the decisions and the store that serve; only HTTP is left out.
 * Cases go to a database and a folder of their own in DATA_DIR, which are deleted afterwards.
 *
 * @throws {DatasetError} when `data` holds no image
 */
export async function benchMachine(
  config: Config,
  wish: BenchWish,
  onProgress: (step: string, done: number, of: number) => void,
): Promise<MachineBench> {
  const programmes = installedProgrammes(await readActive(config));
  const { images, what } = await benchImages(config, wish.data);
  const workers = Math.max(1, config.WORKERS);
  const log = createLog("silent", "doctor");
  await mkdir(config.DATA_DIR, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(config.DATA_DIR, ".bench-"));
  const { DATABASE_URL: _database, OBJECT_STORE: _objects, ...others } = config;
  const own = { ...others, WORKERS: workers, DATA_DIR: folder };
  const found: ProgrammeBench[] = [];
  try {
    const records = await openRecords(own, log);
    try {
      await records.opened;
      for (const [i, programme] of programmes.entries()) {
        onProgress(programme.manifest.id, i, programmes.length);
        found.push(await benchProgramme(own, programme, records, images, wish.seconds));
        onProgress(programme.manifest.id, programmes.length, programmes.length);
      }
    } finally {
      await records.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const kept = "an embedded database and files in DATA_DIR";
  return { cores: availableParallelism(), workers, provider: "cpu", images: what, records: kept, programmes: found };
}

async function benchProgramme(
  config: Config,
  programme: Programme,
  { cases, objects }: Pick<ScreeningDeps, "cases" | "objects">,
  images: readonly AcceptedImage[],
  seconds: number,
): Promise<ProgrammeBench> {
  const started = performance.now();
  const programmes = { programmes: new Map([[programme.manifest.id, programme]]) };
  const predictor = createLocal(config, { packs: packsToLoad(programmes), later: [] }, createLog("silent", "doctor"));
  await predictor.start();
  const loadMs = performance.now() - started;
  const deps = { programmes, predictor, cases, objects, metrics: createMetrics(), clock: systemClock, newCaseId };
  try {
    const one = screener(deps, programme.manifest.id, images);
    await during(one, 1, seconds * warmShare);
    const lone = await during(one, 1, seconds * loneShare);
    const throughputSeconds = seconds * (1 - warmShare - loneShare);
    const many = await during(one, config.WORKERS * perWorker, throughputSeconds);
    const share = (of: (each: BenchCase) => boolean, all: readonly BenchCase[]) => all.filter(of).length / all.length;
    return {
      programme: programme.manifest.id,
      packs: { fast: programme.fast.id, fine: programme.fine.id },
      loadMs,
      throughput: rateOf(
        many.map(({ endedAt }) => endedAt),
        throughputSeconds,
      ),
      latency: {
        ...medianOf(lone.map(({ totalMs }) => totalMs)),
        shares: sharesOf(lone),
        allCores: share(({ wide }) => wide, lone),
      },
      bottleneck: bottleneckOf(many, throughputSeconds, config.WORKERS),
      secondLooks: share(({ secondLook }) => secondLook, many),
    };
  } finally {
    await predictor.drain(config.DRAIN_MS);
  }
}

/** One case after the other as they are asked for, each with a picture that nobody has decoded yet. */
function screener(deps: ScreeningDeps, programme: string, images: readonly AcceptedImage[]) {
  let count = 0;
  return async (): Promise<Omit<BenchCase, "endedAt">> => {
    const picture = images[count % images.length] as AcceptedImage;
    // Another name, or the engine would find it decoded and the store would have it.
    const sha256 = createHash("sha256").update(`${picture.sha256}-${count++}`).digest("hex");
    let recordsMs = 0;
    const recordCase: ScreeningDeps["cases"]["recordCase"] = async (...record) => {
      const since = performance.now();
      const standing = await deps.cases.recordCase(...record);
      recordsMs = performance.now() - since;
      return standing;
    };
    const request = { programme, image: { ...picture, sha256 }, subject: {}, remainingMs: deadlineMs, origin };
    const started = performance.now();
    const { readings } = await screenCase({ ...deps, cases: { recordCase } }, request, new AbortController().signal);
    const sum = (of: (reading: (typeof readings)[number]) => number) =>
      readings.reduce((total, reading) => total + of(reading), 0);
    return {
      totalMs: performance.now() - started,
      decodeMs: sum(({ timings }) => timings.decodeMs),
      networkMs: sum(({ timings }) => timings.computeMs),
      recordsMs,
      wide: readings.some(({ worker }) => worker.endsWith("/wide")),
      secondLook: readings.length > 1,
    };
  };
}

/** So many at once, over and over, for a time; on a slow machine there is one answer at least, which comes after it. */
async function during(
  one: () => Promise<Omit<BenchCase, "endedAt">>,
  atOnce: number,
  seconds: number,
): Promise<readonly BenchCase[]> {
  const started = performance.now();
  const found: BenchCase[] = [];
  const passed = (): number => performance.now() - started;
  const walk = async (): Promise<void> => {
    while (passed() < seconds * 1000) {
      const each = await one();
      const endedAt = passed();
      if (endedAt < seconds * 1000 || found.length === 0) found.push({ ...each, endedAt });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, walk));
  return found;
}
