import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import * as z from "zod";
import { nodeSettings } from "./node-settings.ts";
import { count, MiB } from "./number-setting.ts";
import { rateSettings } from "./rate-settings.ts";
import { traceSettings } from "./trace-settings.ts";

const onOff = z
  .enum(["true", "false", "on", "off", "1", "0"])
  .default("off")
  .transform((value) => value === "true" || value === "on" || value === "1");
/** The source systems whose clients we answer, by the name of their mount under `/p/`. */
export const profiles = ["dr", "eye", "hallux", "chest", "cataract"] as const;
export type ProfileId = (typeof profiles)[number];
const pairsOf = (name: string): RegExp =>
  new RegExp(`^${name}=(${profiles.join("|")})(,${name}=(${profiles.join("|")}))*$`);

/**
 * Every setting, its bound and its default. Read from the environment once, at start; a bad value stops the start
 * and names the key. The table in README.md is checked against this schema.
 */
export const settings = {
  HOST: z.string().min(1).default("127.0.0.1").describe("Address to listen on. Anything but loopback needs API_KEY"),
  PORT: count(8000, 0, 65_535).describe("Port to listen on; 0 picks a free one"),
  API_KEY: z
    .string()
    .min(32, "at least 32 characters")
    .regex(/^[\x21-\x7e]*$/, "printable ASCII characters without spaces")
    .optional()
    .describe("Key that callers send as `Authorization: Bearer` or `X-API-Key`; at least 32 characters"),
  AUTH: z
    .enum(["on", "off"])
    .optional()
    .describe("`off` is accepted on loopback only; default: on where API_KEY is set"),
  DATA_DIR: z.string().min(1).default("./data").describe("Where case records and images are kept"),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "postgres://user:password@host:port/database")
    .optional()
    .describe("PostgreSQL for the records; default: an embedded database in DATA_DIR, for one server alone"),
  OBJECT_STORE: z
    .string()
    .regex(/^(file:.+|s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/.*)?)$/, "file:FOLDER or s3://bucket/prefix")
    .optional()
    .describe("Where images are kept: `file:FOLDER` or `s3://bucket/prefix`; default: `objects` in DATA_DIR"),
  S3_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("S3 server other than Amazon's; keys and region come from the usual `AWS_*` variables"),
  S3_PUBLIC_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Name under which clients reach the S3 server, for presigned links; default: S3_ENDPOINT"),
  LINK_SECRET: z
    .string()
    .min(32, "at least 32 characters")
    .optional()
    .describe("Signs links to images; default: made at the first start and kept in DATA_DIR"),
  LINK_SECONDS: count(300, 10, 300).describe("Life of a signed link to an image"),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      "Address under which clients reach us, for links in answers; default: what the request's Host header says",
    ),
  PROFILE: z.enum(profiles).optional().describe("Source system whose endpoints PORT answers to at the root"),
  PROFILE_PORTS: z
    .string()
    .regex(pairsOf("\\d{1,5}"), "PORT=PROFILE, separated by commas")
    .optional()
    .describe("Further ports, each for one source system at the root, e.g. `8001=cataract,8007=chest`"),
  PROFILE_HOSTS: z
    .string()
    .regex(pairsOf("[a-z0-9.-]+"), "HOST=PROFILE, separated by commas")
    .optional()
    .describe("Host names, each for one source system at the root, e.g. `dr.example.org=dr`"),
  CORS_ORIGINS: z
    .string()
    .optional()
    .describe("Origins, separated by commas, whose pages may read answers; default: none"),
  IMAGE_DAYS: count(0, 0, 36_500).describe("Days after which a stored image is deleted; 0 keeps it"),
  RESULTS_DAYS: count(7, 1, 365).describe("Days for which the answer of a batch with `save_results` is kept"),
  TRAIN_DATA_DIR: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Folder of labelled eye images, as `fovea train` takes it, for `/train_clip` and `/train_lgbm`; default: none",
    ),
  WATCH_FOLDER_ENABLED: onOff.describe("Reads images that are dropped into WATCH_FOLDER_PATH"),
  WATCH_FOLDER_PATH: z.string().min(1).default("incoming_scans").describe("The folder that is watched"),
  WATCH_FOLDER_POLL_SECONDS: z.coerce
    .number()
    .min(0.1)
    .max(3600)
    .default(15)
    .describe("Seconds between two looks at the folder"),
  WATCH_FOLDER_EXTENSIONS: z
    .string()
    .default(".png,.jpg,.jpeg,.webp,.bmp,.tif,.tiff")
    .describe("Endings of the files that are picked up"),
  WATCH_FOLDER_PROGRAMME: z.string().min(1).default("ophthalmology").describe("Programme that reads them"),
  WATCH_FOLDER_DEMO: onOff.describe("Invents a person, marked as one, for each dropped file: for demonstrations only"),
  VLM_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("OpenAI-compatible server with a vision-language model, e.g. `http://127.0.0.1:8080/v1`; default: none"),
  VLM_MODEL: z.string().min(1).optional().describe("Name of the model there"),
  VLM_API_KEY: z.string().min(1).optional().describe("Key for that server"),
  VLM_EXTERNAL: onOff.describe("Allows images to leave for a VLM_URL that is not on this machine"),
  VLM_TIMEOUT_MS: count(120_000, 100, 600_000).describe("Time for one answer of the vision-language model"),
  LOAD_MODEL_ON_STARTUP: onOff.describe("Makes the vision-language reader ready at the start"),
  MODELS_DIR: z.string().min(1).optional().describe("Model packs; default: `models` beside the program"),
  PRELOAD: z
    .string()
    .min(1)
    .default("cataract")
    .describe(
      "Programmes, separated by commas, or `all`, whose packs are loaded before the server is ready; others at their first case",
    ),
  MLFLOW_TRACKING_URI: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("MLflow server that shows training runs as well; nothing depends on it"),
  FOVEA_MODELS_MIRROR: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Where `fovea models pull` fetches from in place of the catalogue's host"),
  ...nodeSettings,
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info").describe("Log verbosity"),
  WORKERS: count(Math.min(availableParallelism(), 16), 0, 64).describe(
    "Inference threads, one intra-op thread each; 0 leaves all reading to nodes and needs NATS_URL",
  ),
  WIDE_BYTES_MAX: count(512 * MiB, 0, 65_536 * MiB).describe(
    "Most bytes of networks that are loaded once more, to read an image with all cores while nothing else waits; 0: none",
  ),
  OPEN_CASES_MAX: count(0, 0, 100_000).describe(
    "Most single images in work at once, from the head of a request to its answer; more are answered 429 before their body is read; 0: 32 for each of WORKERS and at least 64, or QUEUE_ITEMS_MAX where nodes read as well",
  ),
  QUEUE_ITEMS_MAX: count(512, 1, 100_000).describe("Most images waiting for a worker; more are answered 429"),
  QUEUE_BYTES_MAX: count(256 * MiB, MiB, 16_384 * MiB).describe("Most image bytes waiting for a worker"),
  QUEUE_SECONDS_MAX: count(30, 1, 600).describe("Most estimated seconds of work waiting for a worker"),
  INFLIGHT_BYTES_MAX: count(256 * MiB, MiB, 16_384 * MiB).describe("Most upload bytes being received at once"),
  IMAGE_BYTES_MAX: count(32 * MiB, 1024, 256 * MiB).describe("Largest image file"),
  IMAGE_PIXELS_MAX: count(50_000_000, 1024, 100_000_000).describe("Most pixels of one image, read from its header"),
  BATCH_IMAGES_MAX: count(256, 1, 10_000).describe("Most images in one `/predict_batch`"),
  BATCH_BYTES_MAX: count(512 * MiB, 1024, 16_384 * MiB).describe("Most bytes of one `/predict_batch` body"),
  BATCH_ITEMS_MAX: count(1_000_000, 1, 10_000_000).describe("Most items of one durable batch (`/v1/batches`)"),
  BATCH_UPLOAD_BYTES_MAX: count(64 * 1024 * MiB, 1024, 1024 * 1024 * MiB).describe(
    "Most bytes of the body of one durable batch; a ZIP archive is written to DATA_DIR while it is read",
  ),
  BATCH_DAYS: count(30, 1, 3650).describe(
    "Days after which a finished batch is forgotten: its items and progress, not the cases it made",
  ),
  BATCH_CONCURRENCY: count(0, 0, 1024).describe(
    "Items of batches that this server works on at once; 0: twice WORKERS, or 16 where nodes alone read",
  ),
  BATCH_URL_HOSTS: z
    .string()
    .regex(
      /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?(,(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?)*$/,
      "HOST or HOST:PORT, separated by commas",
    )
    .optional()
    .describe(
      "Hosts from which batches may take images, and to which their webhooks may go: `host` where it is public, `host:port` also on a private network; default: none",
    ),
  BATCH_S3_PREFIX: z
    .string()
    .min(1)
    .optional()
    .describe("Prefix in the bucket of OBJECT_STORE below which batches may find images; default: none"),
  WEBHOOK_SECRET: z
    .string()
    .min(32, "at least 32 characters")
    .optional()
    .describe("Signs webhooks (HMAC-SHA256); without it no batch may ask for one"),
  DEADLINE_MS: count(20_000, 100, 600_000).describe("Time for one case when the client sends no X-Deadline-Ms"),
  SECOND_LOOKS: z
    .enum(["off", "when-unavailable", "by-load"])
    .default("when-unavailable")
    .describe(
      "Which cases wait for the fine reader: `off` none, they are refused; `when-unavailable` those for which it cannot be had; `by-load` also those whose second look is worth less than the load makes it cost",
    ),
  SECOND_LOOK_MAX_MINUTES: count(15, 1, 720).describe(
    "Minutes that a provisional case waits for its second look; then a person decides without it",
  ),
  DRIFT: z.enum(["on", "off"]).default("on").describe("Watches decisions, and has some audited by chance; or `off`"),
  ...rateSettings,
  ...traceSettings,
  CONNECTIONS_MAX: count(2048, 1, 65_535).describe("Most open connections"),
  DRAIN_DELAY_MS: count(0, 0, 60_000).describe("After SIGTERM: keep serving this long, not ready, for load balancers"),
  DRAIN_MS: count(30_000, 0, 600_000).describe("After SIGTERM: time for accepted work to finish"),
} as const;

const schema = z.object(settings);

export type Config = Omit<z.output<typeof schema>, "DATA_DIR" | "MODELS_DIR" | "AUTH"> & {
  readonly DATA_DIR: string;
  readonly MODELS_DIR: string;
  readonly AUTH: "on" | "off";
};

/** A wrong setting: the program says which and ends with exit code 78 (EX_CONFIG). */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly findings: readonly { readonly key: string; readonly message: string }[];

  constructor(findings: ConfigError["findings"]) {
    super(findings.map(({ key, message }) => `${key}: ${message}`).join("\n"));
    this.findings = findings;
  }
}

const loopbackHosts = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/;
export const isLoopback = (host: string): boolean => loopbackHosts.test(host);

/**
 * @param environment variables, usually `process.env`; empty strings count as absent
 * @throws {ConfigError} naming every key that is wrong
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ""),
  );
  const parsed = schema.safeParse(present);
  if (!parsed.success)
    throw new ConfigError(parsed.error.issues.map((issue) => ({ key: String(issue.path[0]), message: issue.message })));
  const values = parsed.data;
  const needsKey = !isLoopback(values.HOST);
  if (needsKey && (values.API_KEY === undefined || values.AUTH === "off"))
    throw new ConfigError([
      {
        key: values.AUTH === "off" ? "AUTH" : "API_KEY",
        message: `HOST=${values.HOST} is reachable from outside: set API_KEY (32 characters or more), or use HOST=127.0.0.1`,
      },
    ]);
  // JSON carries an image as base64, a third larger, with room for its other members.
  const uploadBytesMax = Math.ceil((values.IMAGE_BYTES_MAX * 4) / 3) + MiB;
  if (values.INFLIGHT_BYTES_MAX < uploadBytesMax)
    throw new ConfigError([
      {
        key: "INFLIGHT_BYTES_MAX",
        message: `at least ${uploadBytesMax}, or the largest image of IMAGE_BYTES_MAX could never be received`,
      },
    ]);
  if (values.WORKERS === 0 && values.NATS_URL === undefined)
    throw new ConfigError([{ key: "WORKERS", message: "0 leaves all reading to nodes: set NATS_URL, or 1 or more" }]);
  if (values.AUTH === "on" && values.API_KEY === undefined)
    throw new ConfigError([{ key: "API_KEY", message: "AUTH=on needs a key" }]);
  return {
    ...values,
    AUTH: values.AUTH ?? (values.API_KEY === undefined ? "off" : "on"),
    DATA_DIR: resolve(values.DATA_DIR),
    MODELS_DIR: resolve(values.MODELS_DIR ?? new URL("../../models", import.meta.url).pathname),
  };
}

/** What a process that we start sees: our own environment but for the secrets, which only the gateway needs. */
export function childEnvironment(own: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const {
    API_KEY: _key,
    DATABASE_URL: _url,
    LINK_SECRET: _secret,
    VLM_API_KEY: _vlm,
    WEBHOOK_SECRET: _webhook,
    OTEL_EXPORTER_OTLP_HEADERS: _otlp,
    NATS_URL: _nats,
    NATS_PASSWORD: _password,
    NATS_CREDS: _creds,
    AWS_SECRET_ACCESS_KEY: _aws,
    AWS_SESSION_TOKEN: _session,
    ...rest
  } = process.env;
  return { ...rest, ...own };
}
