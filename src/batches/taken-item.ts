import type { AcceptedImage, BatchSource, Problem } from "../contracts/index.ts";
import type { ByteBudget, IntakeLimits } from "../intake/index.ts";

/** One item of a batch as it comes off the wire: an image, or where one is, or why there is none. */
export interface TakenItem {
  readonly customId?: string;
  /** What is said of its image, as texts. */
  readonly fields: Readonly<Record<string, string>>;
  readonly found: { readonly image: AcceptedImage } | { readonly source: BatchSource } | { readonly problem: Problem };
  /** Gives the bytes back to the budget. Idempotent. */
  release(): void;
}

/** Items in their order, one at a time: nothing is read ahead of whoever walks them. */
export interface TakenBatch {
  readonly items: AsyncIterable<TakenItem>;
  /** What the body says of the whole batch; stands when the first item comes. */
  readonly settings: ReadonlyMap<string, string>;
}

export interface TakeOptions {
  /** `batchImagesMax` and `batchBytesMax` are those of durable batches. */
  readonly limits: IntakeLimits;
  readonly budget: ByteBudget;
  /** Aborts when the caller gives up. */
  readonly signal: AbortSignal;
}

/** Names under which the body may speak of the whole batch. */
export const settingNames: readonly string[] = ["programme", "strategy", "priority", "webhook"];

export const nothing = (): void => undefined;
