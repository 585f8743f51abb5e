import { createHash } from "node:crypto";
import { type AcceptedImage, Problem } from "../contracts/index.ts";
import { type Clock, type Log, systemClock } from "../platform/index.ts";
import { isObjectName, type KeptObjects } from "./kept-objects.ts";
import { S3Link } from "./s3-link.ts";
import { Turns } from "./turns.ts";

/**
 * What is there and younger than this is left as it is; older, it is put again, so that its age starts anew and the sweep
 * of another server, which takes what is much older, cannot take it before its record is written.
 */
const youngMs = 900_000;
/** The largest image that any setting allows; what is larger under our key is not ours. */
const objectBytesMax = 256 * 1024 * 1024;

export interface S3Settings {
  readonly bucket: string;
  /** Stands before every key, without a slash at its end; may be empty. */
  readonly prefix: string;
  readonly region: string;
  /** Server other than Amazon's. */
  readonly endpoint?: string;
  /** Name under which clients reach the server, for links; default: `endpoint`. */
  readonly publicEndpoint?: string;
  readonly clock?: Clock;
  readonly log: Log;
}

/**
 * Images in a bucket, under `<prefix>/<first two digits>/<SHA-256>`: keys say nothing about anybody. Several servers may
 * share a bucket. Needs the rights to get, put and delete objects and to list the bucket.
 */
export class S3Objects implements KeptObjects {
  readonly #link: S3Link;
  readonly #settings: S3Settings;
  readonly #clock: Clock;
  readonly #turns = new Turns();

  private constructor(link: S3Link, settings: S3Settings) {
    this.#link = link;
    this.#settings = settings;
    this.#clock = settings.clock ?? systemClock;
  }

  /** Loads the client. A server that is away, or a wrong bucket, shows in `failure` until it is mended. */
  static async open(settings: S3Settings): Promise<S3Objects> {
    return new S3Objects(await S3Link.open(settings), settings);
  }

  get failure(): string | undefined {
    return this.#link.failure;
  }

  putObject(image: Pick<AcceptedImage, "sha256" | "bytes">): Promise<void> {
    return this.#turns.once(image.sha256, () => this.#write(image));
  }

  /** @throws {Problem} image-damaged when what is there does not hash to its name; store-unavailable */
  async getObject(sha256: string): Promise<Uint8Array | undefined> {
    if (!isObjectName(sha256)) return undefined;
    const bytes = await this.#link.get(this.#key(sha256), objectBytesMax);
    if (bytes === undefined) return undefined;
    if (bytes === "too-large" || createHash("sha256").update(bytes).digest("hex") !== sha256)
      throw new Problem("image-damaged");
    return bytes;
  }

  /** @throws {Problem} store-unavailable when there are no keys to sign with */
  async linkObject(sha256: string, mediaType: string, seconds: number): Promise<string | undefined> {
    return isObjectName(sha256) ? this.#link.sign(this.#key(sha256), mediaType, seconds) : undefined;
  }

  /** @throws {Problem} store-unavailable */
  async *untouched(ageMs: number): AsyncGenerator<readonly string[]> {
    const before = this.#clock.wallMs() - ageMs;
    for await (const page of this.#link.list(this.#folder)) {
      const old = page.filter(({ putMs }) => putMs <= before).map(({ key }) => ({ key, name: key.slice(-64) }));
      // What others keep under the same prefix is not ours to delete.
      const ours = old.filter(({ key, name }) => isObjectName(name) && key === this.#key(name));
      if (ours.length > 0) yield ours.map(({ name }) => name);
    }
  }

  /** @throws {Problem} store-unavailable */
  removeUntouched(sha256: string, ageMs: number): Promise<boolean> {
    return this.#turns.alone(sha256, async () => {
      const key = this.#key(sha256);
      const found = await this.#link.head(key);
      if (found !== undefined && found.putMs > this.#clock.wallMs() - ageMs) return false;
      if (found !== undefined) await this.#link.remove(key);
      return true;
    });
  }

  /**
   * What others keep in the bucket below a prefix, to be read only.
   * @param opened what every key that is read begins with
   */
  below(opened: string) {
    const check = (key: string): void => {
      if (!key.startsWith(opened))
        throw new Problem("field-invalid", { detail: "prefix: not below the one that is open to batches" });
    };
    const link = this.#link;
    return {
      /** Some keys at a time, in their order. @throws {Problem} store-unavailable, field-invalid */
      async *keys(prefix: string): AsyncGenerator<readonly string[]> {
        check(prefix);
        for await (const page of link.list(prefix)) yield page.map(({ key }) => key);
      },
      /** @throws {Problem} store-unavailable, field-invalid */
      async read(key: string, bytesMax: number): Promise<Uint8Array | "too-large" | undefined> {
        check(key);
        return link.get(key, bytesMax);
      },
    };
  }

  async close(): Promise<void> {
    this.#link.close();
  }

  /** What every key begins with. */
  get #folder(): string {
    const { prefix } = this.#settings;
    return prefix === "" ? "" : `${prefix}/`;
  }

  #key(sha256: string): string {
    return `${this.#folder}${sha256.slice(0, 2)}/${sha256}`;
  }

  async #write({ sha256, bytes }: Pick<AcceptedImage, "sha256" | "bytes">): Promise<void> {
    const key = this.#key(sha256);
    const held = await this.#link.head(key);
    if (held?.bytes === bytes.byteLength && held.putMs > this.#clock.wallMs() - youngMs) return;
    await this.#link.put(key, bytes, Buffer.from(sha256, "hex").toString("base64"));
  }
}
