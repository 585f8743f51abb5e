import { mkdir, readFile, rm, statfs, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { isProblem } from "../contracts/index.ts";
import { type Config, ConfigError, createLog, isLoopback, readConfig } from "../platform/index.ts";
import { readProgrammes } from "../programmes/index.ts";
import { LocalPredictor } from "../workers/index.ts";
import { packsToLoad } from "./load-packs.ts";

/** One thing that was looked at; `mend` says what to do unless it is well. */
export interface DoctorFinding {
  readonly name: string;
  readonly state: "ok" | "warning" | "failure";
  readonly detail: string;
  readonly mend?: string;
}

const MiB = 1024 * 1024;
/** Measured: gateway, engine and two threads with the cataract packs stay below 500 MiB. */
const memoryMinBytes = 1024 * MiB;
const diskMinBytes = 1024 * MiB;

/**
 * Looks at everything a start depends on, in the order in which a start would meet it, and goes on after a failure
 * as far as that makes sense. Changes nothing but a probe file in DATA_DIR.
 */
export async function* examine(environment: NodeJS.ProcessEnv): AsyncGenerator<DoctorFinding> {
  yield examineNode();
  yield examineMemory();
  yield await examineProcessor();
  let config: Config;
  try {
    config = readConfig(environment);
    yield {
      name: "configuration",
      state: "ok",
      detail: `HOST=${config.HOST} PORT=${config.PORT} WORKERS=${config.WORKERS}`,
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    yield { name: "configuration", state: "failure", detail: error.message, mend: "correct the variables named here" };
    return;
  }
  yield examineWorkers(config);
  yield examineExposure(config);
  yield await examineData(config);
  yield await examinePort(config);
  yield* examineModels(config);
}

function examineNode(): DoctorFinding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const detail = `Node ${process.versions.node} on ${process.platform}/${process.arch}`;
  return major > 20 || (major === 20 && minor >= 19)
    ? { name: "node", state: "ok", detail }
    : { name: "node", state: "failure", detail, mend: "install Node 20.19 or later" };
}

function examineMemory(): DoctorFinding {
  const detail = `${Math.round(totalmem() / MiB)} MiB`;
  return totalmem() >= memoryMinBytes
    ? { name: "memory", state: "ok", detail }
    : { name: "memory", state: "failure", detail, mend: `at least ${memoryMinBytes / MiB} MiB are needed` };
}

/**
 * The committed networks are int8. Processors without VNNI compute the same products through 16-bit sums that can
 * saturate, so scores may differ slightly from the published figures.
 */
async function examineProcessor(): Promise<DoctorFinding> {
  const cores = availableParallelism();
  const cpu = await readFile("/proc/cpuinfo", "utf8").catch(() => undefined);
  if (cpu === undefined || process.arch !== "x64")
    return { name: "processor", state: "ok", detail: `${cores} cores, ${process.arch}` };
  const fast = /\b(avx512_vnni|avx_vnni)\b/.test(cpu);
  const detail = `${cores} cores, ${fast ? "with" : "without"} VNNI`;
  return fast
    ? { name: "processor", state: "ok", detail }
    : {
        name: "processor",
        state: "warning",
        detail,
        mend: "scores of int8 networks may differ slightly from the published figures; evaluate on this machine",
      };
}

function examineWorkers(config: Config): DoctorFinding {
  const cores = availableParallelism();
  const detail = `${config.WORKERS} threads on ${cores} cores`;
  return config.WORKERS <= cores
    ? { name: "workers", state: "ok", detail }
    : {
        name: "workers",
        state: "warning",
        detail,
        mend: "more threads than cores only lengthen every answer: lower WORKERS",
      };
}

function examineExposure(config: Config): DoctorFinding {
  const detail = `HOST=${config.HOST}, ${config.AUTH === "on" ? "a key is asked for" : "no key is asked for"}`;
  return isLoopback(config.HOST) || config.AUTH === "on"
    ? { name: "access", state: "ok", detail }
    : { name: "access", state: "failure", detail, mend: "set API_KEY" };
}

async function examineData(config: Config): Promise<DoctorFinding> {
  const name = "data folder";
  const probe = join(config.DATA_DIR, `.doctor-${process.pid}`);
  try {
    await mkdir(config.DATA_DIR, { recursive: true, mode: 0o700 });
    await writeFile(probe, "probe", { flush: true });
    await rm(probe);
    const { bavail, bsize } = await statfs(config.DATA_DIR);
    const detail = `DATA_DIR can be written, ${Math.round((bavail * bsize) / MiB)} MiB free`;
    return bavail * bsize >= diskMinBytes
      ? { name, state: "ok", detail }
      : { name, state: "warning", detail, mend: "make room: every accepted image is stored" };
  } catch (error) {
    const detail = `DATA_DIR cannot be written (${(error as NodeJS.ErrnoException).code})`;
    return { name, state: "failure", detail, mend: "point DATA_DIR at a folder this user may write" };
  }
}

async function examinePort(config: Config): Promise<DoctorFinding> {
  const server = createServer();
  const code = await new Promise<string | undefined>((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "unknown"));
    server.listen({ host: config.HOST, port: config.PORT, exclusive: true }, () => resolve(undefined));
  });
  server.close();
  const detail = `${config.HOST}:${config.PORT} ${code === undefined ? "is free" : `cannot be bound (${code})`}`;
  return code === undefined
    ? { name: "port", state: "ok", detail }
    : { name: "port", state: "warning", detail, mend: "another server runs there: stop it, or set PORT" };
}

async function* examineModels(config: Config): AsyncGenerator<DoctorFinding> {
  const catalog = await readProgrammes(config.MODELS_DIR).catch((error: Error) => error);
  if (catalog instanceof Error) {
    yield { name: "models", state: "failure", detail: catalog.message, mend: "point MODELS_DIR at the models folder" };
    return;
  }
  for (const programme of catalog.programmes.values()) {
    const name = `programme ${programme.manifest.id}`;
    if ("missing" in programme)
      yield { name, state: "warning", detail: programme.missing, mend: "restore the pack's files from the release" };
    else
      yield {
        name,
        state: programme.band.certificate.certified ? "ok" : "warning",
        detail: `${programme.fast.id}, ${programme.fine.id}`,
        ...(!programme.band.certificate.certified && {
          mend: `the band is not certified (${programme.band.certificate.reason}): people read more cases`,
        }),
      };
  }
  const packs = packsToLoad(catalog);
  if (packs.length > 0) yield await examineEngine(config, packs);
}

async function examineEngine(config: Config, packs: ReturnType<typeof packsToLoad>): Promise<DoctorFinding> {
  const started = performance.now();
  const predictor = new LocalPredictor({
    packs,
    workers: 1,
    queueItemsMax: 1,
    queueBytesMax: MiB,
    queueSecondsMax: 1,
    log: createLog("silent", "doctor"),
  });
  try {
    await predictor.start();
    const detail = `onnxruntime and sharp load; models verified and warm in ${Math.round(performance.now() - started)} ms`;
    return { name: "engine", state: "ok", detail };
  } catch (error) {
    const detail = isProblem(error) || error instanceof Error ? error.message : "unknown";
    return {
      name: "engine",
      state: "failure",
      detail,
      mend: "run `npm ci` again; on Linux glibc 2.28 or later is needed",
    };
  } finally {
    await predictor.drain(config.DRAIN_MS);
  }
}
