import type { ImageMediaType, ImageQuality } from "../../contracts/image.ts";
import type { NetworkFile } from "../../contracts/pack.ts";
import type { Augmentation } from "../../contracts/training.ts";

/** One image to be embedded as it is (view 0) and in `views - 1` random views that follow from seed and digest. */
export interface EmbedTask {
  /** A thread opens it at the first task that names it. */
  readonly encoder: NetworkFile;
  readonly bytes: Uint8Array;
  readonly mediaType: ImageMediaType;
  readonly sha256: string;
  readonly views: number;
  readonly seed: number;
  readonly augmentation: Augmentation;
}

export type EmbedAnswer =
  | {
      readonly ok: true;
      /** `views` rows of the encoder's width; row 0 is what serving sees. */
      readonly embeddings: Float32Array;
      /** The picture's middle, grey, 32 by 32. */
      readonly thumbnail: Uint8Array;
      readonly quality: ImageQuality;
    }
  | { readonly ok: false; readonly reason: string };
