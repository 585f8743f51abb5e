import type { Readable } from "node:stream";
import type { AcceptedImage } from "../contracts/image.ts";
import type { Problem } from "../contracts/problems.ts";
import type { ByteBudget } from "./byte-budget.ts";

/** A request before its body was read. */
export interface Upload {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
}

export interface UploadOptions {
  /** Names of the form part that holds the image. */
  readonly imageFields: readonly string[];
  readonly budget: ByteBudget;
  /** Aborts when the caller gives up; a `Problem` as its reason is what the reading then rejects with. */
  readonly signal: AbortSignal;
}

export interface SingleUpload {
  readonly image: AcceptedImage;
  /** Name of the form part that held the image; absent for JSON and bare bytes. */
  readonly imageField?: string;
  /** Has no prototype. */
  readonly fields: Readonly<Record<string, string>>;
  /** Gives the bytes back to the budget: call it when the image is no longer held. Idempotent. */
  release(): void;
}

/** One image of a batch, or why it is none, in the order of the upload. */
export type BatchItem = {
  readonly index: number;
  readonly filename?: string;
  /** As in `SingleUpload`. */
  release(): void;
} & ({ readonly image: AcceptedImage } | { readonly problem: Problem });

export interface BatchUpload {
  /** Can be walked once. Leaving it early stops the reading and gives back what was not handed out. */
  readonly items: AsyncIterable<BatchItem>;
  /** Fields seen so far; complete when `items` has ended. */
  readonly fields: ReadonlyMap<string, string>;
}
