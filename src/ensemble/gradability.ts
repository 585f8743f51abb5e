import type { Gradability } from "../contracts/decision.ts";
import type { ImageQuality } from "../contracts/image.ts";
import type { ImageQualityFloor, QualityLimits } from "../contracts/programme.ts";

const meets = (quality: ImageQuality, floor: ImageQualityFloor): boolean =>
  quality.luminance >= floor.luminanceMin &&
  quality.luminance <= floor.luminanceMax &&
  quality.contrast >= floor.contrastMin &&
  quality.sharpness >= floor.sharpnessMin;

/** Sorts a picture into gradable, usable (both readers look) or ungradable (a person looks). */
export function grade(quality: ImageQuality, limits: QualityLimits): Gradability {
  if (!meets(quality, limits.ungradable)) return "ungradable";
  return meets(quality, limits.usable) ? "gradable" : "usable";
}
