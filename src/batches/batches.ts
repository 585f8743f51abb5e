import { createHash, type Hash } from "node:crypto";
import { join } from "node:path";
import {
  type BatchDraft,
  type BatchItemDraft,
  type BatchPriority,
  type BatchRecord,
  type BatchStore,
  batchPriorities,
  type CaseSubject,
  isProblem,
  type ObjectStore,
  type Origin,
  Problem,
  type ProgrammeCatalog,
  type Strategy,
  strategies,
} from "../contracts/index.ts";
import { type ByteBudget, batchLimitsOf, type Upload } from "../intake/index.ts";
import type { Config } from "../platform/index.ts";
import { resolveProgramme } from "../screening/index.ts";
import { allowedUrl, type UrlRules } from "./allowed-url.ts";
import { readMultipart } from "./read-multipart.ts";
import { readNdjson } from "./read-ndjson.ts";
import { type BucketSource, readPrefix } from "./read-prefix.ts";
import { readZip } from "./read-zip.ts";
import type { TakenBatch, TakenItem, TakeOptions } from "./taken-item.ts";

/** Rows of one insert. */
const chunkItems = 256;
/** Images on their way to the object store at once, in bytes; one that is larger goes alone. */
const storingBytesMax = 16 * 1024 * 1024;
const customIdCharsMax = 1024;
/** Control characters and halves of characters. */
const unprintable = /[\p{Cc}\p{Surrogate}]/u;

export interface BatchesDeps {
  readonly store: BatchStore;
  readonly objects: Pick<ObjectStore, "putObject">;
  readonly programmes: ProgrammeCatalog;
  readonly config: Pick<
    Config,
    | "DATA_DIR"
    | "IMAGE_BYTES_MAX"
    | "IMAGE_PIXELS_MAX"
    | "BATCH_ITEMS_MAX"
    | "BATCH_UPLOAD_BYTES_MAX"
    | "WEBHOOK_SECRET"
  >;
  readonly budget: ByteBudget;
  readonly rules: UrlRules;
  readonly bucket?: BucketSource | undefined;
  readonly newCaseId: () => string;
  /** There is work. */
  readonly wake: () => void;
}

/** What a client says of a batch beside its body; the body may say it as well. */
export interface BatchWishes {
  readonly settings: Readonly<Record<string, string | undefined>>;
  readonly idempotencyKey?: string | undefined;
  readonly origin: Origin;
  readonly signal: AbortSignal;
  /** What the texts beside an image say of it. @throws {Problem} field-invalid */
  readonly subjectOf: (fields: Readonly<Record<string, string>>) => CaseSubject;
  /** The names of those texts. */
  readonly subjectFields: readonly string[];
}

/** Takes batches in: each item is in the database, and its image in the object store, before the batch is accepted. */
export class Batches {
  readonly #deps: BatchesDeps;

  constructor(deps: BatchesDeps) {
    this.#deps = deps;
  }

  /**
   * Reads the body item by item; nothing of it stays in memory. It is accepted whole or not at all, but for images that
   * cannot be read: those are items that have failed.
   *
   * @throws {Problem} field-invalid, programme-unknown, pack-not-installed, url-refused (of the webhook),
   *   idempotency-key-reused, store-unavailable, and those of the readers
   */
  async create(upload: Upload, wishes: BatchWishes): Promise<BatchRecord> {
    const { store, wake } = this.#deps;
    const taken = this.#take(upload, wishes);
    const intake = new BatchIntake(this.#deps, wishes);
    try {
      for await (const item of taken.items) {
        await intake.begin(() => this.#draft(taken.settings, wishes));
        await intake.add(item);
      }
      const { id, fingerprint } = await intake.end();
      const key = wishes.idempotencyKey;
      const sealed = await store.sealBatch(id, key === undefined ? undefined : { key: sha256(key), fingerprint });
      if (sealed.id !== id) await store.dropBatch(id);
      wake();
      return sealed;
    } catch (error) {
      await intake.drop();
      throw error;
    }
  }

  #take(upload: Upload, { signal, subjectFields }: BatchWishes): TakenBatch {
    const { config, budget, bucket } = this.#deps;
    const options: TakeOptions = { limits: batchLimitsOf(config), budget, signal };
    const type = (String(upload.headers["content-type"] ?? "").split(";", 1)[0] ?? "").trim().toLowerCase();
    if (type === "multipart/form-data") return readMultipart(upload, options);
    const encoding = String(upload.headers["content-encoding"] ?? "identity").toLowerCase();
    if (encoding !== "identity")
      throw new Problem("body-malformed", { detail: "A Content-Encoding is not undone here." });
    if (ndjsonTypes.has(type)) return readNdjson(upload, options, subjectFields);
    if (zipTypes.has(type)) return readZip(upload, options, join(config.DATA_DIR, "spool"));
    if (type === "application/json") return readPrefix(upload, options, bucket);
    throw new Problem("body-malformed", {
      detail: "Send a batch as multipart/form-data, application/x-ndjson, application/zip or application/json.",
    });
  }

  #draft(said: ReadonlyMap<string, string>, { settings, origin }: BatchWishes): BatchDraft {
    const of = (name: string): string | undefined => {
      const [outside, inside] = [settings[name], said.get(name)];
      if (outside !== undefined && inside !== undefined && outside !== inside)
        throw invalid(name, "the query and the body differ");
      return outside ?? inside;
    };
    const programme = of("programme");
    if (programme === undefined) throw invalid("programme", "missing: in the query, or before the first item");
    resolveProgramme(this.#deps.programmes, programme);
    const strategy = oneOf<Strategy>("strategy", strategies, of("strategy"));
    const priority = oneOf<BatchPriority>("priority", batchPriorities, of("priority")) ?? "normal";
    const webhook = of("webhook");
    if (webhook !== undefined) this.#checkWebhook(webhook);
    return {
      id: this.#deps.newCaseId(),
      programme,
      priority,
      origin,
      ...(strategy && { strategy }),
      ...(webhook && { webhook }),
    };
  }

  #checkWebhook(webhook: string): void {
    if (this.#deps.config.WEBHOOK_SECRET === undefined)
      throw invalid("webhook", "this server has no WEBHOOK_SECRET to sign with");
    allowedUrl(webhook, this.#deps.rules);
  }
}

const ndjsonTypes = new Set([
  "application/x-ndjson",
  "application/ndjson",
  "application/jsonl",
  "application/x-jsonlines",
]);
const zipTypes = new Set(["application/zip", "application/x-zip-compressed"]);

/** One batch on its way in: rows that gather, images that are being stored, and a digest over everything. */
class BatchIntake {
  readonly #deps: BatchesDeps;
  readonly #wishes: BatchWishes;
  readonly #hash: Hash = createHash("sha256");
  #id: string | undefined;
  #rows: BatchItemDraft[] = [];
  #first = 0;
  #storing: Promise<void>[] = [];
  #storingBytes = 0;

  constructor(deps: BatchesDeps, wishes: BatchWishes) {
    this.#deps = deps;
    this.#wishes = wishes;
  }

  async begin(draftOf: () => BatchDraft): Promise<void> {
    if (this.#id !== undefined) return;
    const draft = draftOf();
    const { programme, strategy, priority, webhook } = draft;
    this.#hash.update(JSON.stringify([programme, strategy ?? "", priority, webhook ?? ""]));
    await this.#deps.store.beginBatch(draft);
    this.#id = draft.id;
  }

  async add(item: TakenItem): Promise<void> {
    let held = false;
    try {
      const draft = this.#draftOf(item);
      this.#hash.update(`\n${JSON.stringify(draft)}`);
      this.#rows.push(draft);
      if ("image" in item.found && draft.problem === undefined) {
        await this.#makeRoom(item.found.image.bytes.length);
        this.#store(item, item.found.image);
        held = true;
      }
    } finally {
      if (!held) item.release();
    }
    if (this.#rows.length >= chunkItems) await this.#flush();
  }

  /** @throws {Problem} image-missing when there was no item */
  async end(): Promise<{ readonly id: string; readonly fingerprint: string }> {
    if (this.#id === undefined) throw new Problem("image-missing", { detail: "The batch has no items." });
    await this.#flush();
    return { id: this.#id, fingerprint: this.#hash.digest("hex") };
  }

  /** What cannot be taken back now is taken by the sweep of batches that were never sealed. */
  async drop(): Promise<void> {
    await Promise.allSettled(this.#storing);
    if (this.#id !== undefined) await this.#deps.store.dropBatch(this.#id).catch(() => undefined);
  }

  #draftOf({ customId, fields, found }: TakenItem): BatchItemDraft {
    if (customId !== undefined && (customId.length > customIdCharsMax || unprintable.test(customId)))
      throw invalid("custom_id", `at most ${customIdCharsMax} characters, none of them a control character`);
    const named = customId === undefined ? {} : { customId };
    try {
      const subject = this.#wishes.subjectOf(fields);
      if ("problem" in found) throw found.problem;
      if ("image" in found) return { ...named, subject, source: { kind: "object", sha256: found.image.sha256 } };
      if (found.source.kind === "url") allowedUrl(found.source.url, this.#deps.rules);
      return { ...named, subject, source: found.source };
    } catch (error) {
      if (!isProblem(error)) throw error;
      const { code, detail } = error.toMessage();
      return { ...named, subject: {}, problem: { code, ...(detail !== undefined && { detail }) } };
    }
  }

  #store(item: TakenItem, image: { readonly sha256: string; readonly bytes: Uint8Array }): void {
    this.#storingBytes += image.bytes.length;
    const stored = this.#deps.objects.putObject(image).finally(() => {
      this.#storingBytes -= image.bytes.length;
      item.release();
    });
    // Whoever makes room or flushes hears of it.
    stored.catch(() => undefined);
    this.#storing.push(stored);
  }

  async #makeRoom(bytes: number): Promise<void> {
    while (this.#storing.length > 0 && this.#storingBytes + bytes > storingBytesMax) await this.#storing.shift();
  }

  /** Rows follow their images, so that a row never names what is not there. */
  async #flush(): Promise<void> {
    const storing = this.#storing;
    this.#storing = [];
    await Promise.all(storing);
    if (this.#id === undefined || this.#rows.length === 0) return;
    const rows = this.#rows;
    await this.#deps.store.addItems(this.#id, this.#first, rows);
    this.#first += rows.length;
    this.#rows = [];
  }
}

/** @throws {Problem} field-invalid */
function oneOf<T extends string>(name: string, allowed: readonly T[], value: string | undefined): T | undefined {
  if (value === undefined || (allowed as readonly string[]).includes(value)) return value as T | undefined;
  throw invalid(name, `one of ${allowed.join(", ")}`);
}

const invalid = (name: string, message: string): Problem =>
  new Problem("field-invalid", { detail: `${name}: ${message}`, fields: [{ name, message }] });

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
