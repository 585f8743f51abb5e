/** One line of one panel of a dashboard file. */
export interface Query {
  readonly dashboard: string;
  readonly panel: string;
  readonly type: string;
  readonly unit: string;
  readonly description: string;
  readonly expr: string;
  readonly legend: string;
  /** Why there may be nothing to show where all is well; undefined where there must be something. */
  readonly quiet: string | undefined;
}
export function queriesOf(dashboard: object, interval: string): Query[];
export function metricNames(expr: string): string[];
