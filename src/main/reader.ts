import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { type CaseRecord, Problem, type Strategy } from "../contracts/index.ts";
import { acceptImage, limitsOf } from "../intake/index.ts";
import { type Config, createLog, createMetrics, newCaseId, systemClock } from "../platform/index.ts";
import { readProgrammes } from "../programmes/index.ts";
import { decideCase, resolveProgramme } from "../screening/index.ts";
import { LocalPredictor } from "../workers/index.ts";
import { installedProgrammes, packsToLoad } from "./load-packs.ts";

/** Reads image files with the packs that serve, without a server and without keeping anything. */
export interface FileReader {
  /** @throws {Problem} as intake and `screenCase`, and field-invalid when the file cannot be read */
  read(path: string, signal: AbortSignal): Promise<CaseRecord>;
  close(): Promise<void>;
}

export interface FileReaderOptions {
  /** Default: the only installed programme. */
  readonly programme?: string;
  readonly strategy?: Strategy;
}

/** Time for one file; the command line has no caller who would give up earlier. */
const fileDeadlineMs = 60_000;

/**
 * @throws {Problem} programme-unknown, pack-not-installed
 */
export async function openFileReader(config: Config, options: FileReaderOptions): Promise<FileReader> {
  const catalog = await readProgrammes(config.MODELS_DIR);
  const installed = installedProgrammes(catalog).map(({ manifest }) => manifest.id);
  // A film of a chest read for cataract would be an answer to a question that nobody asked.
  if (options.programme === undefined && installed.length > 1)
    throw new Problem("programme-unknown", { detail: `name one: --programme ${installed.join(" | ")}` });
  const programme = resolveProgramme(catalog, options.programme ?? installed[0] ?? "");
  const log = createLog(config.LOG_LEVEL === "info" ? "warn" : config.LOG_LEVEL, "predict");
  const predictor = new LocalPredictor({
    packs: packsToLoad({ programmes: new Map([[programme.manifest.id, programme]]) }),
    workers: Math.max(1, config.WORKERS),
    queueItemsMax: config.QUEUE_ITEMS_MAX,
    queueBytesMax: config.QUEUE_BYTES_MAX,
    queueSecondsMax: config.QUEUE_SECONDS_MAX,
    log,
  });
  const limits = limitsOf(config);
  await predictor.start();
  const deps = { predictor, metrics: createMetrics(), clock: systemClock, newCaseId };
  return {
    read: async (path, signal) => {
      const image = acceptImage(await readImageFile(path, config.IMAGE_BYTES_MAX), limits, basename(path));
      const request = { programme: programme.manifest.id, image, subject: {}, remainingMs: fileDeadlineMs };
      return decideCase(
        deps,
        programme,
        { ...request, ...(options.strategy && { strategy: options.strategy }) },
        signal,
      );
    },
    close: () => predictor.drain(config.DRAIN_MS),
  };
}

/** The size is asked first, so that a film named as an image is not read into memory. */
async function readImageFile(path: string, bytesMax: number): Promise<Uint8Array> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new Problem("field-invalid", { detail: "no such file", cause });
  });
  if (!found.isFile()) throw new Problem("field-invalid", { detail: "not a file" });
  if (found.size > bytesMax)
    throw new Problem("image-too-large", { detail: `${found.size} bytes, ${bytesMax} allowed` });
  return readFile(path);
}
