/** The containers Fovea reads. Anything else is refused by its first bytes, whatever its name or declared type. */
export const imageMediaTypes = ["image/jpeg", "image/png", "image/webp", "image/tiff", "image/bmp"] as const;
export type ImageMediaType = (typeof imageMediaTypes)[number];

/**
 * An upload after intake: one still image whose container was walked and rebuilt, so that it carries pixels and
 * (for JPEG, PNG, WebP, TIFF) an orientation flag, and nothing else the client put into it.
 */
export interface AcceptedImage {
  readonly mediaType: ImageMediaType;
  /** The rebuilt file. This, and never what was uploaded, is decoded and stored. */
  readonly bytes: Uint8Array;
  /** Lower-case hex SHA-256 of `bytes`: the name of the stored object. */
  readonly sha256: string;
  /** Pixels after the orientation was applied. */
  readonly width: number;
  readonly height: number;
  /** Bytes as uploaded, before metadata was dropped. */
  readonly uploadedBytes: number;
  /** What the client called the file: data only, cut to 255 characters, control characters replaced. */
  readonly filename?: string;
}

/** How a stored image is named everywhere else. */
export interface ImageRef {
  readonly sha256: string;
  readonly mediaType: ImageMediaType;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Measured on the decoded network input (uint8 RGB, squash-resized), so all values are comparable across cameras.
 */
export interface ImageQuality {
  /** Mean luminance (Rec. 601), 0..255. */
  readonly luminance: number;
  /** Standard deviation of luminance, 0..127.5. */
  readonly contrast: number;
  /** Variance of the 4-neighbour Laplacian of luminance; small means blurred. */
  readonly sharpness: number;
}
