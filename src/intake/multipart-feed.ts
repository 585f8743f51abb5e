import { Busboy, type BusboyFileStream, type BusboyInstance } from "@fastify/busboy";
import { malformedBody } from "./body-kind.ts";
import { FIELD_VALUE_BYTES_MAX, FIELDS_MAX, fieldTooLong } from "./fields.ts";

/** A long file name and a few headers; whatever exceeds it is not read. */
const PART_HEADER_BYTES_MAX = 16_384;
const PART_HEADERS_MAX = 32;

export interface FilePart {
  readonly name: string | undefined;
  readonly filename: string | undefined;
}

/** Receives one file part; what it throws ends the whole upload. */
export interface FileSink {
  add(chunk: Buffer): void;
  /** @param isTruncated the part was longer than `fileBytesMax` */
  end(isTruncated: boolean): void;
}

export interface MultipartOptions {
  readonly boundary: string;
  readonly imageFields: readonly string[];
  readonly fileBytesMax: number;
  readonly filesMax: number;
  readonly onFile: (part: FilePart) => FileSink;
  readonly onField: (name: string | undefined, value: string) => void;
}

/**
 * Busboy behind two promises. Its events come from inside of its own writes; whatever our side throws there is caught,
 * kept, and rejects the write instead.
 *
 * Open until `end`, or until the first failure, after which nothing is passed on any more.
 */
export class MultipartFeed {
  readonly #parser: BusboyInstance;
  #failure: unknown;
  #isFinished = false;
  #settle: ((failure?: unknown) => void) | undefined;

  constructor({ boundary, imageFields, fileBytesMax, filesMax, onFile, onField }: MultipartOptions) {
    this.#parser = new Busboy({
      headers: { "content-type": `multipart/form-data; boundary="${boundary}"` },
      preservePath: true,
      limits: {
        fileSize: fileBytesMax,
        fieldSize: FIELD_VALUE_BYTES_MAX,
        fields: FIELDS_MAX,
        parts: FIELDS_MAX + filesMax,
        headerSize: PART_HEADER_BYTES_MAX,
        headerPairs: PART_HEADERS_MAX,
      },
      isPartAFile: (name, type, filename) =>
        filename !== undefined ||
        type === "application/octet-stream" ||
        (name !== undefined && imageFields.includes(name)),
    });
    this.#parser
      .on("file", (name: string | undefined, stream, filename: string | undefined) =>
        this.#guard(() => this.#takeFile(stream, onFile({ name, filename }))),
      )
      .on("field", (name: string | undefined, value, _nameTruncated, isTruncated) =>
        this.#guard(() => {
          if (isTruncated) throw fieldTooLong(name);
          onField(name, value);
        }),
      )
      .on("partsLimit", () => this.#fail(malformedBody("The multipart body has too many parts.")))
      .on("fieldsLimit", () => this.#fail(malformedBody(`A request may have at most ${FIELDS_MAX} fields.`)))
      .on("error", () =>
        this.#fail(malformedBody("The multipart body ends without its closing boundary, or is damaged.")),
      )
      .on("finish", () => {
        this.#isFinished = true;
        this.#settle?.();
      });
  }

  /** Resolves when the chunk was taken in. @throws {Problem} body-malformed, field-invalid, and what a sink throws */
  write(chunk: Buffer): Promise<void> {
    return this.#step((done) => this.#parser.write(chunk, () => done()));
  }

  /** Resolves when all parts were handed out. @throws as `write` */
  end(): Promise<void> {
    return this.#step(() => this.#parser.end());
  }

  /** Lets go: whatever the parser still holds is passed on to nobody. */
  close(): void {
    if (!this.#isFinished) this.#fail(malformedBody("The form is not read any further."));
  }

  #step(act: (done: () => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#settle = (failure) => (failure === undefined ? resolve() : reject(failure));
      this.#guard(() => act(resolve));
    });
  }

  #takeFile(stream: BusboyFileStream, sink: FileSink): void {
    stream.on("data", (chunk: Buffer) => this.#guard(() => sink.add(chunk)));
    stream.on("end", () => this.#guard(() => sink.end(stream.truncated)));
    // The parser reports the same failure itself; unheard, this one would end the process.
    stream.on("error", () => undefined);
  }

  #guard(act: () => void): void {
    if (this.#failure !== undefined) return;
    try {
      act();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(failure: unknown): void {
    this.#failure ??= failure;
    this.#settle?.(this.#failure);
  }
}
