/** A figure is never shown without the n it rests on and its interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** 97.5 % point of the standard normal distribution. */
const z95 = 1.959963984540054;

/**
 * 95 % Wilson score interval of a proportion.
 * @param successes 0..n
 * @param n trials; 0 gives the vacuous [0, 1]
 * @see Wilson 1927; Brown, Cai, DasGupta 2001
 */
export function wilson(successes: number, n: number): Interval {
  if (n === 0) return { low: 0, high: 1 };
  const p = successes / n;
  const z2 = z95 * z95;
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (z95 / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

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
