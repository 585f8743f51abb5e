/** Logistic function, [0, 1]; stable for large |x|. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** Probabilities 0 and 1 carry infinite evidence, which no finite sample supports: log-odds are cut at ±16. */
const logOddsMax = 16;

/** Inverse of `sigmoid`, in nats, within ±16. */
export function logit(p: number): number {
  if (p <= 0) return -logOddsMax;
  if (p >= 1) return logOddsMax;
  return Math.max(-logOddsMax, Math.min(logOddsMax, Math.log(p / (1 - p))));
}
