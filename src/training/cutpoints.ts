/** Steps of the search, in grades. */
const step = 0.05;
const rounds = 4;

/**
 * Cut-points on the expected grade with the highest quadratic weighted kappa, found one at a time in turns.
 * @param expected mean grade of each image
 */
export function chooseCutpoints(expected: readonly number[], grades: readonly number[], count: number): number[] {
  const cuts = Array.from({ length: count - 1 }, (_, k) => k + 0.5);
  const kappa = (): number =>
    quadraticKappa(
      expected.map((e) => cuts.filter((cut) => e >= cut).length),
      grades,
      count,
    );
  let best = kappa();
  for (let round = 0; round < rounds; round++)
    for (let k = 0; k < cuts.length; k++) {
      const low = (cuts[k - 1] ?? 0) + step;
      const high = (cuts[k + 1] ?? count - 1) - step;
      let chosen = cuts[k] as number;
      for (let cut = low; cut <= high; cut += step) {
        cuts[k] = cut;
        const found = kappa();
        if (found > best + 1e-9) [best, chosen] = [found, cut];
      }
      cuts[k] = chosen;
    }
  return cuts.map((cut) => Math.round(cut * 1000) / 1000);
}

/** Cohen's kappa with squared distances as weights. */
function quadraticKappa(said: readonly number[], truth: readonly number[], count: number): number {
  const rows = new Float64Array(count);
  const columns = new Float64Array(count);
  let observed = 0;
  for (const [i, grade] of said.entries()) {
    const other = truth[i] as number;
    rows[grade] = (rows[grade] as number) + 1;
    columns[other] = (columns[other] as number) + 1;
    observed += (grade - other) ** 2;
  }
  let expected = 0;
  for (let i = 0; i < count; i++)
    for (let j = 0; j < count; j++)
      expected += ((rows[i] as number) * (columns[j] as number) * (i - j) ** 2) / said.length;
  return expected === 0 ? 0 : 1 - observed / expected;
}
