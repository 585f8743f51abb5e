import type { LoadTest } from "../load-test.ts";
import { findPeak, warmUp } from "./peak.ts";
import type { ScenarioOptions } from "./scenario-options.ts";
import { ms } from "./words.ts";

const load = 0.7;
const p99OfMedianMax = 4;

/** One image a request: alone, at saturation, and at 70 % of that by callers who know nothing of each other. */
export async function single(test: LoadTest, { seconds, rate }: ScenarioOptions): Promise<void> {
  await warmUp(test);
  const alone = await test.closed("one after the other", { clients: 1, seconds });
  const wanted = rate ?? load * (await findPeak(test, Math.max(2, seconds / 2))).rate;
  const { report } = await test.open("steady", { kind: "poisson", rate: wanted, seconds });
  const median = alone.report.latency.ok.p50;
  const { p99, n } = report.latency.ok;
  const limit = median === null ? null : p99OfMedianMax * median;
  const share = rate === undefined ? "at 70 % of the peak" : `at ${rate}/s`;
  test.check(
    `p99 ${share}`,
    `at most ${p99OfMedianMax} x the median of one after the other, ${ms(limit)}`,
    ms(p99),
    n,
    p99 === null || limit === null ? null : p99 <= limit,
  );
  test.check("not answered with a result", "0", String(report.due - report.ok), report.due, report.ok === report.due);
}
