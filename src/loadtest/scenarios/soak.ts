import { setTimeout as wait } from "node:timers/promises";
import type { LoadTest } from "../load-test.ts";
import type { Sample } from "../phase.ts";
import { mixedPosts } from "./mixed.ts";
import { findPeak, warmUp } from "./peak.ts";
import { sampleMetrics } from "./sample-metrics.ts";
import type { ScenarioOptions } from "./scenario-options.ts";
import { percent } from "./words.ts";

const load = 0.7;
const samplesMax = 720;
const everyMsMin = 1000;
const peakSeconds = 5;
const residentRatioMax = 1.05;
const descriptorsMax = 5;
const loopDelayMsMax = 50;

/** Hours at 70 % with 2 % broken uploads: what grows, and what gets slower. */
export async function soak(test: LoadTest, { seconds, rate, look }: ScenarioOptions): Promise<void> {
  await warmUp(test);
  const wanted = rate ?? load * (await findPeak(test, peakSeconds)).rate;
  const watching = watch(test, Math.max(everyMsMin, (seconds * 1000) / samplesMax), look ?? sampleMetrics(test));
  const { report } = await test
    .open("soak", { kind: "poisson", rate: wanted, seconds }, { requests: mixedPosts(test) })
    .finally(watching.stop);
  test.samples.push(...(await watching.samples));
  judgeGrowth(test, test.samples);
  const wrong = report.misjudged + report.failed + report.gaveUp + report.lost + report.notSent;
  test.check("misjudged, failed, given up, lost or not sent", "0", String(wrong), report.due, wrong === 0);
}

function watch(test: LoadTest, everyMs: number, look: (atS: number) => Promise<Sample>) {
  const ending = new AbortController();
  const startedAt = test.clock.now();
  const samples = (async () => {
    const all: Sample[] = [];
    while (!ending.signal.aborted) {
      all.push(await look((test.clock.now() - startedAt) / 1000));
      await wait(everyMs, undefined, { signal: ending.signal }).catch(() => undefined);
    }
    return all;
  })();
  return { samples, stop: () => ending.abort() };
}

function judgeGrowth(test: LoadTest, samples: readonly Sample[]): void {
  const quarter = (i: number): readonly Sample[] =>
    samples.slice(Math.floor((i * samples.length) / 4), Math.floor(((i + 1) * samples.length) / 4));
  const known = (part: readonly Sample[], of: (sample: Sample) => number | null): number[] =>
    part.map(of).filter((value) => value !== null);
  const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;
  const resident = [quarter(1), quarter(3)].map((part) => mean(known(part, ({ residentBytes }) => residentBytes)));
  const ratio = (resident[1] as number) / (resident[0] as number);
  const sayable = Number.isFinite(ratio);
  const n = samples.length;
  test.check(
    "resident memory, last quarter of second quarter",
    `at most ${residentRatioMax}`,
    sayable ? `${ratio.toFixed(3)} (${Math.round((resident[1] as number) / 2 ** 20)} MiB)` : "unknown",
    n,
    sayable ? ratio <= residentRatioMax : null,
  );
  const files = [quarter(1), quarter(3)].map((part) => mean(known(part, ({ fileDescriptors }) => fileDescriptors)));
  const grown = (files[1] as number) - (files[0] as number);
  test.check(
    "file descriptors, last quarter less second quarter",
    `at most ${descriptorsMax} more`,
    Number.isFinite(grown) ? grown.toFixed(1) : "unknown",
    n,
    Number.isFinite(grown) ? grown <= descriptorsMax : null,
  );
  const delays = known(samples.slice(1), ({ eventLoopP99Ms }) => eventLoopP99Ms);
  const late = delays.filter((each) => each > loopDelayMsMax).length;
  test.check(
    "looks at which the event loop's p99 delay was longer",
    `at most 1 % above ${loopDelayMsMax} ms`,
    delays.length === 0
      ? "unknown"
      : `${late} (${percent(late / delays.length)}), worst ${Math.max(...delays).toFixed(0)} ms`,
    delays.length,
    delays.length < 4 ? null : late <= 0.01 * delays.length,
  );
}
