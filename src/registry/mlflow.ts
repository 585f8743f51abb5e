import { MlflowApi, MlflowError } from "./mlflow-api.ts";

/** What of a training run is mirrored; ours stays the record. */
export interface MirroredRun {
  /** Our name for the run: posting it again changes nothing. */
  readonly runId: string;
  readonly experiment: string;
  readonly name: string;
  /** ms since 1970. */
  readonly startedMs: number;
  readonly endedMs: number;
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: readonly { readonly key: string; readonly value: number; readonly step?: number }[];
  readonly tags?: Readonly<Record<string, string>>;
  /** By path inside the run's artefacts. */
  readonly artefacts?: Readonly<Record<string, Uint8Array>>;
  readonly model?: {
    readonly name: string;
    readonly alias?: string;
    /** Digest of the release, as a tag of the version. */
    readonly digest: string;
  };
}

/** A failure is a value: a mirror that is away must not end a promotion. */
export type MirrorResult =
  | { readonly ok: true; readonly mlflowRunId: string; readonly created: boolean; readonly version?: string }
  | { readonly ok: false; readonly code: string; readonly detail: string };

export interface MlflowMirrorOptions {
  /** For all requests of one run together. */
  readonly timeoutMs?: number;
}

const timeoutMsDefault = 15_000;
const paramsMax = 100;
const tagsMax = 100;
const metricsMax = 1000;
/** MLflow takes 1 MB; keys and braces are not counted here. */
const batchBytesMax = 500_000;
const runTag = "fovea.run_id";
const digestTag = "fovea.digest";

/** Shows our runs in somebody's MLflow, through its REST API 2.0. */
export class MlflowMirror {
  readonly #url: string;
  readonly #timeoutMs: number;

  /** @param url of the tracking server, as in MLFLOW_TRACKING_URI */
  constructor(url: string, { timeoutMs = timeoutMsDefault }: MlflowMirrorOptions = {}) {
    this.#url = url.replace(/\/+$/, "");
    this.#timeoutMs = timeoutMs;
  }

  /** Never throws. A run that was mirrored half is completed by mirroring it again. */
  async mirrorRun(record: MirroredRun, signal?: AbortSignal): Promise<MirrorResult> {
    const deadline = AbortSignal.timeout(this.#timeoutMs);
    const api = new MlflowApi(this.#url, signal === undefined ? deadline : AbortSignal.any([signal, deadline]));
    try {
      const experiment = await experimentOf(api, record.experiment);
      const found = await findRun(api, experiment, record.runId);
      const run = found ?? (await createRun(api, experiment, record));
      if (run.status !== "FINISHED") await fill(api, run, record);
      const version = record.model && (await modelVersion(api, run, record.model));
      return { ok: true, mlflowRunId: run.run_id, created: found === undefined, ...(version && { version }) };
    } catch (error) {
      if (deadline.aborted) return { ok: false, code: "TIMED_OUT", detail: `no answer within ${this.#timeoutMs} ms` };
      if (error instanceof MlflowError) return { ok: false, code: error.code, detail: error.message };
      return { ok: false, code: "UNREACHABLE", detail: error instanceof Error ? error.message : String(error) };
    }
  }
}

interface RunInfo {
  readonly run_id: string;
  readonly status: string;
  readonly artifact_uri: string;
}

async function experimentOf(api: MlflowApi, name: string): Promise<string> {
  const get = () =>
    api.get<{ experiment: { experiment_id: string } }>("experiments/get-by-name", { experiment_name: name });
  const known = await api.unless("RESOURCE_DOES_NOT_EXIST", get);
  if (known !== undefined) return known.experiment.experiment_id;
  const create = () => api.post<{ experiment_id: string }>("experiments/create", { name });
  const created = await api.unless("RESOURCE_ALREADY_EXISTS", create);
  return created?.experiment_id ?? (await get()).experiment.experiment_id;
}

async function findRun(api: MlflowApi, experiment: string, runId: string): Promise<RunInfo | undefined> {
  const filter = `tags.\`${runTag}\` = ${quoted(runId)}`;
  const query = { experiment_ids: [experiment], filter, max_results: 1 };
  const { runs } = await api.post<{ runs?: { info: RunInfo }[] }>("runs/search", query);
  return runs?.[0]?.info;
}

async function createRun(api: MlflowApi, experiment: string, record: MirroredRun): Promise<RunInfo> {
  const { run } = await api.post<{ run: { info: RunInfo } }>("runs/create", {
    experiment_id: experiment,
    run_name: record.name,
    start_time: record.startedMs,
    tags: [{ key: runTag, value: record.runId }],
  });
  return run.info;
}

/** Everything here may be done twice: MLflow keeps one of equal parameters, metrics and files. */
async function fill(api: MlflowApi, run: RunInfo, record: MirroredRun): Promise<void> {
  const params = Object.entries(record.params).map(([key, value]) => ({ key, value }));
  const tags = Object.entries(record.tags ?? {}).map(([key, value]) => ({ key, value }));
  const metrics = record.metrics.map(({ key, value, step = 0 }) => ({
    key,
    // JSON has no NaN; MLflow reads these words.
    value: Number.isFinite(value) ? value : String(value),
    timestamp: record.endedMs,
    step,
  }));
  const log = (body: object) => api.post("runs/log-batch", { run_id: run.run_id, ...body });
  for (const part of chunks(params, paramsMax)) await log({ params: part });
  for (const part of chunks(tags, tagsMax)) await log({ tags: part });
  for (const part of chunks(metrics, metricsMax)) await log({ metrics: part });
  const artefacts = Object.entries(record.artefacts ?? {});
  if (artefacts.length > 0 && !run.artifact_uri.startsWith("mlflow-artifacts:/"))
    throw new MlflowError("ARTEFACTS_NOT_PROXIED", "the server does not take artefacts itself");
  const root = run.artifact_uri.replace(/^mlflow-artifacts:\/+/, "");
  for (const [path, bytes] of artefacts) await api.put(`${root}/${path}`, bytes);
  await api.post("runs/update", { run_id: run.run_id, status: "FINISHED", end_time: record.endedMs });
}

async function modelVersion(
  api: MlflowApi,
  run: RunInfo,
  { name, alias, digest }: NonNullable<MirroredRun["model"]>,
): Promise<string> {
  await api.unless("RESOURCE_ALREADY_EXISTS", () => api.post("registered-models/create", { name }));
  const filter = `name = ${quoted(name)} and run_id = ${quoted(run.run_id)}`;
  const found = await api.get<{ model_versions?: { version: string }[] }>("model-versions/search", { filter });
  const version = found.model_versions?.[0]?.version ?? (await create());
  if (alias !== undefined) await api.post("registered-models/alias", { name, alias, version });
  return version;

  async function create(): Promise<string> {
    const tags = [{ key: digestTag, value: digest }];
    const body = { name, source: run.artifact_uri, run_id: run.run_id, tags };
    const made = await api.post<{ model_version: { version: string } }>("model-versions/create", body);
    return made.model_version.version;
  }
}

/** MLflow's filters know no escape: a name with both quotes cannot be asked for. */
function quoted(text: string): string {
  if (!text.includes("'")) return `'${text}'`;
  if (!text.includes('"')) return `"${text}"`;
  throw new MlflowError("NAME_UNUSABLE", "a name holds both kinds of quotes");
}

function* chunks<T>(items: readonly T[], itemsMax: number): Generator<readonly T[]> {
  let chunk: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item));
    if (chunk.length === itemsMax || (chunk.length > 0 && bytes + size > batchBytesMax)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(item);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}
