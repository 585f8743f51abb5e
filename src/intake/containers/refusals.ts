import { Problem } from "../../contracts/problems.ts";

/** The bytes contradict their own format, or stop too early. */
export const malformed = (detail: string): Problem => new Problem("image-malformed", { detail });
/** A right file of a kind that Fovea does not read. */
export const unsupported = (detail: string): Problem => new Problem("image-type-unsupported", { detail });
/** More than one picture in the file: choosing one silently would drop the others. */
export const multiframe = (detail: string): Problem => new Problem("image-multiframe", { detail });
