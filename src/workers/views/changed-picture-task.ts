import type { ImageMediaType } from "../../contracts/image.ts";

/** What can be done to pictures to see whether a monitor notices. */
export const pictureChanges = ["none", "blur", "dark", "bright", "colour-cast", "jpeg-20"] as const;
export type PictureChange = (typeof pictureChanges)[number];

export interface ChangeTask {
  readonly bytes: Uint8Array;
  readonly mediaType: ImageMediaType;
  readonly change: PictureChange;
  /** Says how many pixels are cut from each side: the same seed, the same file. */
  readonly seed: number;
}

export type ChangeAnswer =
  /** A JPEG. */
  { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly reason: string };
