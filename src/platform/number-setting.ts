import * as z from "zod";

export const MiB = 1024 * 1024;

/** A whole number within bounds. */
export const count = (fallback: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);
