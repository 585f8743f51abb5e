import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Config, type Log, systemClock } from "../platform/index.ts";
import {
  type DatabasePersons,
  DatabaseRecords,
  FileObjects,
  importJournal,
  type KeptObjects,
  lockData,
  S3Objects,
} from "../store/index.ts";
import type { DriftPorts } from "./drift.ts";
import type { LabelRules } from "./label-rules.ts";

/** Everything a gateway keeps. */
export interface Records {
  readonly cases: DatabaseRecords;
  /** Persons, notifications and alerts, in the database of the cases. */
  readonly persons: DatabasePersons;
  readonly objects: KeptObjects;
  /** What the drift loop needs, and what people say of cases; absent where nothing is kept for it. */
  readonly drift?: ((rules: LabelRules) => DriftPorts) | undefined;
  /** Resolves once cases can be recorded; a database server that is away is waited for. */
  readonly opened: Promise<void>;
  /** Why nothing can be recorded now; undefined when it can. */
  failure(): string | undefined;
  close(): Promise<void>;
}

/**
 * Opens database and objects under DATA_DIR, and takes over the cases of an older form of the store.
 * @throws {DataInUse} when another process uses the embedded database
 * @throws when DATA_DIR cannot be written
 */
export async function openRecords(config: Config, log: Log): Promise<Records> {
  await mkdir(config.DATA_DIR, { recursive: true, mode: 0o700 });
  const objects = await openObjects(config, log);
  const unlock = config.DATABASE_URL === undefined ? await lockData(config.DATA_DIR) : async () => undefined;
  const cases = openCases(config, log);
  let imported = false;
  const opened = cases.start().then(async () => {
    const count = await importJournal(join(config.DATA_DIR, "cases"), cases);
    imported = true;
    if (count > 0) log.info({ count }, "cases of an older form of the store were taken over");
  });
  opened.catch((error: unknown) => log.error({ err: error }, "older cases could not be taken over"));
  return {
    cases,
    persons: cases.persons,
    objects,
    drift: (rules) => ({
      feed: cases.drift,
      store: cases.drift,
      looks: cases.auditLooks,
      labels: cases.labelsBy(rules),
    }),
    opened,
    failure: () =>
      cases.failure ??
      objects.failure ??
      (imported ? undefined : "cases of an older form of the store are being taken over"),
    close: async () => {
      await cases.close();
      await objects.close();
      await unlock();
    },
  };
}

/** @throws when a folder for images cannot be written; an S3 server that is away is waited for */
async function openObjects(config: Config, log: Log): Promise<KeptObjects> {
  const { OBJECT_STORE: place = `file:${join(config.DATA_DIR, "objects")}` } = config;
  if (place.startsWith("file:")) return FileObjects.open(resolve(place.slice("file:".length)));
  const [bucket = "", ...folders] = place.slice("s3://".length).split("/");
  return S3Objects.open({
    bucket,
    prefix: folders.filter((folder) => folder !== "").join("/"),
    // The usual variables of Amazon's tools; keys are read by the client itself.
    region: process.env["AWS_REGION"] || process.env["AWS_DEFAULT_REGION"] || "us-east-1",
    ...(config.S3_ENDPOINT !== undefined && { endpoint: config.S3_ENDPOINT }),
    ...(config.S3_PUBLIC_ENDPOINT !== undefined && { publicEndpoint: config.S3_PUBLIC_ENDPOINT }),
    log: log.child({ room: "store" }),
  });
}

/** The database alone, without objects or lock: the caller sees to it that nobody else uses an embedded one. */
export function openCases(config: Config, log: Log): DatabaseRecords {
  const place =
    config.DATABASE_URL === undefined ? { folder: join(config.DATA_DIR, "database") } : { url: config.DATABASE_URL };
  return new DatabaseRecords({
    place,
    imageDays: config.IMAGE_DAYS,
    clock: systemClock,
    log: log.child({ room: "store" }),
  });
}

/** The secret of signed links: from the settings, else made once and kept where only we can read it. */
export async function linkSecret(config: Config): Promise<string> {
  if (config.LINK_SECRET !== undefined) return config.LINK_SECRET;
  const path = join(config.DATA_DIR, "link-secret");
  const held = await readFile(path, "utf8").catch(() => undefined);
  if (held !== undefined) return held;
  // It appears under its name only when it is whole; of two that make one at once, the first stays.
  const made = `${path}.${process.pid}`;
  const file = await open(made, "w", 0o600);
  await file.writeFile(randomBytes(32).toString("base64url"));
  await file.sync();
  await file.close();
  await link(made, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await rm(made);
  return readFile(path, "utf8");
}
