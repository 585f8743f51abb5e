/** Density of the standard normal distribution. */
export const normalDensity = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);

/** Beyond this the series needs more terms than the continued fraction. */
const tailFrom = 3;

/** P(Z <= x), relative error below 1e-12 in either tail. @see Marsaglia 2004 (series), Abramowitz and Stegun 26.2.14 */
export function normalCdf(x: number): number {
  if (x > tailFrom) return 1 - normalCdf(-x);
  if (x < -tailFrom) {
    let fraction = 0;
    for (let i = 60; i > 0; i--) fraction = i / (fraction - x);
    return normalDensity(x) / (fraction - x);
  }
  let term = x;
  let sum = x;
  for (let i = 3; Math.abs(term) > 1e-17; i += 2) {
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 + sum * normalDensity(x);
}

/** The x with P(Z <= x) = p; ±Infinity for 0 and 1. */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`${p} is not a probability`);
  if (p === 0 || p === 1) return p === 0 ? -Infinity : Infinity;
  // The lower tail keeps its digits, the upper does not.
  if (p > 0.5) return -normalQuantile(1 - p);
  let low = -40;
  let high = 0;
  for (let i = 0; i < 70; i++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** How many standard errors a two-sided interval of this confidence reaches to either side; 1.96 for 0.95. */
export function reach(confidence: number): number {
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`${confidence} is not a confidence`);
  return -normalQuantile((1 - confidence) / 2);
}
