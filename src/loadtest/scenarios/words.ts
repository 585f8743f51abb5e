export const middle = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

export const percent = (share: number): string => `${(100 * share).toFixed(share > 0.1 ? 0 : 2)} %`;

export const ms = (value: number | null): string => (value === null ? "unknown" : `${Number(value.toPrecision(3))} ms`);

/** The median of several rounds, with their range. */
export const ofRounds = (values: readonly number[], word: (value: number) => string): string =>
  values.length === 1
    ? word(values[0] as number)
    : `${word(middle(values))} (${word(Math.min(...values))} to ${word(Math.max(...values))}, ${values.length} rounds)`;
