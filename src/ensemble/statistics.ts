/** P(X <= k) for X ~ Binomial(n, p); exact, summed in log space so that n in the thousands does not underflow. */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n || p <= 0) return 1;
  if (p >= 1) return 0;
  let logTerm = n * Math.log1p(-p);
  const logOdds = Math.log(p) - Math.log1p(-p);
  let sum = Math.exp(logTerm);
  for (let i = 1; i <= k; i++) {
    logTerm += logOdds + Math.log((n - i + 1) / i);
    sum += Math.exp(logTerm);
  }
  return Math.min(1, sum);
}

/**
 * One-sided Clopper-Pearson upper bound of a rate: the largest p for which k or fewer events are still plausible.
 * @param confidence e.g. 0.95
 */
export function upperBound(k: number, n: number, confidence: number): number {
  if (n === 0 || k >= n) return 1;
  let low = k / n;
  let high = 1;
  // 60 halvings take the interval below the resolution of a double.
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (binomialCdf(k, n, middle) > 1 - confidence) low = middle;
    else high = middle;
  }
  return high;
}
