import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import { Problem } from "../contracts/index.ts";
import type { Log } from "../platform/index.ts";

/** Tries of one request; waits between them double from a tenth of a second. */
const attemptsMax = 3;
const connectMsMax = 2000;
/** Nothing comes or goes for this long: the try is given up. */
const silenceMsMax = 4000;
/** One try, from its start to the head of its answer, with the time to send an image. */
const answerMsMax = 10_000;
/** All tries of one request, the waits between them and the whole body. */
const operationMsMax = 15_000;
const connectionsMax = 64;
/** While the server does not do what it is asked, it is asked this often whether it is back. */
const pingMs = 500;

export interface S3LinkSettings {
  readonly bucket: string;
  readonly region: string;
  readonly endpoint?: string;
  readonly publicEndpoint?: string;
  readonly log: Log;
}

export interface S3Entry {
  readonly key: string;
  readonly bytes: number;
  /** When it was last put, by the server's clock, ms since 1970. */
  readonly putMs: number;
}

type Sdk = typeof import("@aws-sdk/client-s3");
type Presigner = typeof import("@aws-sdk/s3-request-presigner");

/**
 * The one place that speaks to an S3 server. Every method can fail with the problem store-unavailable.
 *
 * States: *failing* (at first, and when a request failed; asks for the bucket until it is there) <-> *reached*.
 */
export class S3Link {
  readonly #sdk: Sdk;
  readonly #presigner: Presigner;
  readonly #settings: S3LinkSettings;
  readonly #client: S3Client;
  /** Signs only: it never connects. */
  readonly #signer: S3Client;
  #failure: string | undefined = "the object store has not answered yet";
  #pinging: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(sdk: Sdk, presigner: Presigner, settings: S3LinkSettings) {
    this.#sdk = sdk;
    this.#presigner = presigner;
    this.#settings = settings;
    const { endpoint, publicEndpoint = endpoint } = settings;
    this.#client = new sdk.S3Client(clientSettings(settings, endpoint));
    this.#signer = new sdk.S3Client(clientSettings(settings, publicEndpoint));
    void this.#ask();
  }

  /** The client is loaded here and not with the program: a server that keeps its images in files does not pay for it. */
  static async open(settings: S3LinkSettings): Promise<S3Link> {
    const [sdk, presigner] = await Promise.all([import("@aws-sdk/client-s3"), import("@aws-sdk/s3-request-presigner")]);
    return new S3Link(sdk, presigner, settings);
  }

  get failure(): string | undefined {
    return this.#failure;
  }

  /** @param digest SHA-256, base64: the server refuses bytes that are not these */
  async put(key: string, bytes: Uint8Array, digest: string): Promise<void> {
    const { PutObjectCommand } = this.#sdk;
    const asked = { ...this.#at(key), Body: bytes, ContentLength: bytes.byteLength, ChecksumSHA256: digest };
    await this.#within((abortSignal) => this.#client.send(new PutObjectCommand(asked), { abortSignal }));
  }

  /** Undefined when there is none; `too-large` is not read. */
  get(key: string, bytesMax: number): Promise<Uint8Array | "too-large" | undefined> {
    const { GetObjectCommand } = this.#sdk;
    return this.#within(async (abortSignal) => {
      const found = await this.#client
        .send(new GetObjectCommand(this.#at(key)), { abortSignal })
        .catch(absent("NoSuchKey"));
      if (found?.Body === undefined) return undefined;
      if ((found.ContentLength ?? Number.POSITIVE_INFINITY) > bytesMax) {
        (found.Body as NodeJS.ReadableStream & { destroy(): void }).destroy();
        return "too-large";
      }
      return await found.Body.transformToByteArray();
    });
  }

  /** Undefined when there is none. */
  head(key: string): Promise<S3Entry | undefined> {
    const { HeadObjectCommand } = this.#sdk;
    return this.#within(async (abortSignal) => {
      const found = await this.#client
        .send(new HeadObjectCommand(this.#at(key)), { abortSignal })
        .catch(absent("NotFound"));
      return found && { key, bytes: found.ContentLength ?? 0, putMs: found.LastModified?.getTime() ?? 0 };
    });
  }

  async remove(key: string): Promise<void> {
    const { DeleteObjectCommand } = this.#sdk;
    await this.#within((abortSignal) => this.#client.send(new DeleteObjectCommand(this.#at(key)), { abortSignal }));
  }

  /** Everything under a prefix, up to a thousand at a time. */
  async *list(prefix: string): AsyncGenerator<readonly S3Entry[]> {
    const { ListObjectsV2Command } = this.#sdk;
    for (let token: string | undefined, more = true; more; more = token !== undefined) {
      const asked = { Bucket: this.#settings.bucket, Prefix: prefix, ...(token && { ContinuationToken: token }) };
      const page = await this.#within((abortSignal) =>
        this.#client.send(new ListObjectsV2Command(asked), { abortSignal }),
      );
      yield (page.Contents ?? []).flatMap(({ Key, Size, LastModified }) =>
        Key === undefined || LastModified === undefined
          ? []
          : [{ key: Key, bytes: Size ?? 0, putMs: LastModified.getTime() }],
      );
      token = page.NextContinuationToken;
    }
  }

  /** A link that needs no key and ends after so many seconds. */
  sign(key: string, mediaType: string, seconds: number): Promise<string> {
    const asked = { ...this.#at(key), ResponseContentType: mediaType, ResponseCacheControl: "no-store" };
    const command = new this.#sdk.GetObjectCommand(asked);
    return this.#within(() => this.#presigner.getSignedUrl(this.#signer, command, { expiresIn: seconds }));
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#pinging);
    this.#client.destroy();
    this.#signer.destroy();
  }

  #at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#settings.bucket, Key: key };
  }

  async #within<T>(act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await bounded(act);
    } catch (cause) {
      this.#fail(cause);
      throw new Problem("store-unavailable", { detail: "the object store did not do it", retryAfterS: 2, cause });
    }
  }

  #fail(cause: unknown): void {
    const reason = reasonOf(cause);
    const known = this.#failure === reason;
    const pinging = this.#failure !== undefined;
    this.#failure = reason;
    if (!known) this.#settings.log.error({ reason, name: (cause as Error).name }, "the object store fails");
    if (!pinging) this.#askLater();
  }

  #askLater(): void {
    if (this.#closed) return;
    this.#pinging = setTimeout(() => void this.#ask(), pingMs);
    this.#pinging.unref();
  }

  async #ask(): Promise<void> {
    const asked = new this.#sdk.HeadBucketCommand({ Bucket: this.#settings.bucket });
    try {
      await bounded((abortSignal) => this.#client.send(asked, { abortSignal }));
      this.#failure = undefined;
      this.#settings.log.info("the object store answers");
    } catch (cause) {
      if (this.#closed) return;
      this.#fail(cause);
      this.#askLater();
    }
  }
}

const clientSettings = ({ region, log }: S3LinkSettings, endpoint: string | undefined): S3ClientConfig => ({
  region,
  ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
  maxAttempts: attemptsMax,
  // We hash what we read ourselves, and say what is wrong with it.
  responseChecksumValidation: "WHEN_REQUIRED",
  requestHandler: {
    connectionTimeout: connectMsMax,
    requestTimeout: answerMsMax,
    socketTimeout: silenceMsMax,
    throwOnRequestTimeout: true,
    httpAgent: { maxSockets: connectionsMax },
    httpsAgent: { maxSockets: connectionsMax },
    // It says when requests wait for a connection; without a log it would write to the console.
    logger: log,
  },
});

/** Ends the request when its time is over, and waits no longer for it whatever becomes of that. */
async function bounded<T>(act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(Object.assign(new Error("no answer in time"), { name: "TimeoutError" }));
      ending.abort();
    }, operationMsMax);
  });
  try {
    return await Promise.race([act(ending.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What the server answers for an object that is not there. A bucket that is not there is another matter. */
const absent =
  (name: string) =>
  (error: unknown): undefined => {
    if ((error as Error).name !== name) throw error;
  };

/** In words for an operator, without names of buckets or keys. */
function reasonOf(cause: unknown): string {
  const { name, $metadata } = cause as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  if (name === "NoSuchBucket" || status === 404) return "the object store has no such bucket";
  if (status === 301) return "the bucket is in another region";
  if (status === 401 || status === 403) return "the object store refuses our keys";
  if (name === "CredentialsProviderError") return "there are no keys for the object store";
  return "the object store does not answer";
}
