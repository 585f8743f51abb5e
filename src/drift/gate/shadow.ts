/** What a candidate that reads along, without being heard, has shown. */
export interface ShadowRun {
  readonly mirrored: number;
  readonly failed: number;
  /** Cases on which its decision differs from the champion's. */
  readonly differing: number;
  /** 95th percentiles of the same cases. */
  readonly latencyMs: { readonly champion: number; readonly candidate: number };
}

export interface ShadowLimits {
  readonly mirroredMin: number;
  readonly differingShareMax: number;
}

export const defaultShadowLimits: ShadowLimits = { mirroredMin: 1000, differingShareMax: 0.1 };
const latencyRatioMax = 1.1;

export interface ShadowVerdict {
  readonly state: "waiting" | "passed" | "failed";
  readonly reasons: readonly string[];
}

/**
 * G2. A shadow through which nothing has passed proves nothing, and fails: "no complaint" is how a mirror that was never
 * connected looks.
 *
 * @param ended no further cases will come
 */
export function judgeShadow(run: ShadowRun, ended: boolean, limits = defaultShadowLimits): ShadowVerdict {
  const { mirrored, failed, differing, latencyMs } = run;
  if (mirrored < limits.mirroredMin)
    return ended
      ? { state: "failed", reasons: [mirrored === 0 ? "no case was mirrored" : `only ${mirrored} cases were mirrored`] }
      : { state: "waiting", reasons: [`${mirrored} of ${limits.mirroredMin} cases were mirrored`] };
  const reasons = [
    ...(failed > 0 ? [`${failed} of ${mirrored} cases failed`] : []),
    ...(differing > limits.differingShareMax * mirrored ? [`${differing} of ${mirrored} decisions differ`] : []),
    ...(latencyMs.candidate > latencyRatioMax * latencyMs.champion ? ["it is slower by more than a tenth"] : []),
  ];
  return { state: reasons.length === 0 ? "passed" : "failed", reasons };
}
