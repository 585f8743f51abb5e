/** A frozen holdout and how often a gate has looked at it. */
export interface HoldoutUse {
  /** Digest of the list of its images. */
  readonly holdout: string;
  readonly uses: number;
}

/** Each look lets the holdout choose a little; after this many it is to be replaced by the fresh one. */
export const holdoutUsesMax = 20;

/** The count after one more gate, or why there may be none; a gate that was refused has used nothing. */
export function useHoldout(
  use: HoldoutUse,
): { readonly allowed: true; readonly use: HoldoutUse } | { readonly allowed: false; readonly reason: string } {
  if (use.uses >= holdoutUsesMax)
    return { allowed: false, reason: `the holdout was used in ${use.uses} gates: rotate the fresh one in` };
  return { allowed: true, use: { ...use, uses: use.uses + 1 } };
}
