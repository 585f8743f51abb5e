import type { AcceptedImage } from "../contracts/index.ts";
import { acceptImage } from "./accept-image.ts";
import { decodeBase64 } from "./base64.ts";
import type { IntakeLimits } from "./limits.ts";

/**
 * An image that came as a text: base64, or a data URL.
 * @throws {Problem} base64-invalid, and what `acceptImage` throws
 */
export const acceptBase64 = (text: string, limits: IntakeLimits): AcceptedImage =>
  acceptImage(decodeBase64(Buffer.from(text, "utf8"), limits), limits);
