import { Latencies } from "../latencies.ts";
import type { LoadTest } from "../load-test.ts";
import type { PhaseReport } from "../phase.ts";
import { findPeak, warmUp } from "./peak.ts";
import { watchProbes } from "./probes.ts";
import type { ScenarioOptions } from "./scenario-options.ts";
import { middle, ms, ofRounds, percent } from "./words.ts";

const factor = 10;
const referenceLoad = 0.8;
const goodputMin = 0.9;
const p99RatioMax = 2;
const refusalMsMax = 50;
const nextRatioMax = 2;
const probeMsMax = 100;
/** Those in work at that moment, and no more. */
const unansweredMax = 0.05;
/** Enough to say what normal is. */
const normalRequests = 25;

/** What the rounds have in common, gathered. */
class Rounds {
  readonly goodput: number[] = [];
  readonly p99: number[] = [];
  readonly next: number[] = [];
  readonly shed = new Latencies();
  readonly overloads: PhaseReport[] = [];
  readonly probes: number[] = [];

  total(of: (report: PhaseReport) => number): number {
    return this.overloads.reduce((sum, report) => sum + of(report), 0);
  }
}

/** Ten times what the server can do, by clients who give up; before it what is normal, after it how soon it is so again. */
export async function overload(test: LoadTest, { seconds, rounds }: ScenarioOptions): Promise<void> {
  await warmUp(test);
  const { clients } = await findPeak(test, Math.max(2, seconds / 2));
  const found = new Rounds();
  for (let round = 1; round <= rounds; round++) await oneRound(test, round, clients, seconds, found);
  judge(test, found);
}

async function oneRound(test: LoadTest, round: number, clients: number, seconds: number, found: Rounds): Promise<void> {
  const peak = await test.closed(`peak ${round}`, { clients, seconds });
  const rate = peak.report.goodput;
  const calm = await test.open(`80 % ${round}`, { kind: "poisson", rate: referenceLoad * rate, seconds });
  const alone = await test.closed(`alone ${round}`, { clients: 1, requestsPerClient: normalRequests });
  const probes = watchProbes(test);
  const flood = await test
    .open(`overload ${round}`, { kind: "poisson", rate: factor * rate, seconds }, { leaveAtEnd: true })
    .finally(() => probes.stop());
  found.probes.push(...(await probes.stop()));
  const next = await test.closed(`next ${round}`, { clients: 1, requestsPerClient: 1 });
  found.overloads.push(flood.report);
  found.shed.addAll(flood.tally.shed);
  found.goodput.push(flood.report.goodput / rate);
  const [busy, normal] = [flood.report.latency.ok.p99, calm.report.latency.ok.p99];
  if (busy !== null && normal !== null) found.p99.push(busy / normal);
  const [first, usual] = [next.report.latency.all.max, alone.report.latency.ok.p50];
  if (first !== null && usual !== null)
    found.next.push(next.report.ok === 1 ? first / usual : Number.POSITIVE_INFINITY);
}

function judge(test: LoadTest, found: Rounds): void {
  const times = (value: number): string => `${Number(value.toPrecision(3))} x`;
  const ratio = (what: string, goal: string, values: readonly number[], most: number): void =>
    test.check(
      what,
      goal,
      values.length === 0 ? "unknown" : ofRounds(values, times),
      values.length,
      values.length === 0 ? null : middle(values) <= most,
    );
  const sent = found.total((report) => report.sent);
  test.check(
    `results a second at ${factor} x the peak, of the peak's`,
    `${percent(goodputMin)} or more`,
    ofRounds(found.goodput, percent),
    found.total((report) => report.ok),
    middle(found.goodput) >= goodputMin,
  );
  ratio("p99 of those with a result, of the p99 at 80 % load", `at most ${p99RatioMax} x`, found.p99, p99RatioMax);
  const shed = found.shed.summary();
  test.check(
    "p99 of 429 and 503, from when they were due",
    `at most ${refusalMsMax} ms`,
    ms(shed.p99),
    shed.n,
    shed.p99 === null ? null : shed.p99 <= refusalMsMax,
  );
  const without = found.total(({ retryAfter }) => retryAfter.of - retryAfter.with);
  test.check("429 and 503 without Retry-After", "0", String(without), shed.n, shed.n === 0 ? null : without === 0);
  const others = found.total(({ failed, gaveUp, lost, rejected }) => failed + gaveUp + lost + rejected);
  test.check("gave up, lost, or any other answer", "0", String(others), sent, others === 0);
  const left = found.total((report) => report.left);
  test.check(
    "without any answer when all clients left",
    `at most ${percent(unansweredMax)}`,
    percent(left / Math.max(1, sent)),
    sent,
    left <= unansweredMax * sent,
  );
  ratio("the next request, of its normal time", `at most ${nextRatioMax} x`, found.next, nextRatioMax);
  const late = found.probes.filter((each) => each > probeMsMax).length;
  test.check(
    "health probes that took longer",
    `0 above ${probeMsMax} ms`,
    `${late}, slowest ${ms(found.probes.length === 0 ? null : Math.max(...found.probes))}`,
    found.probes.length,
    found.probes.length === 0 ? null : late === 0,
  );
  const notSent = found.total((report) => report.notSent);
  const due = found.total((report) => report.due);
  test.check(
    "due and not sent, by the sender's bound",
    "at most 1 %",
    percent(notSent / Math.max(1, due)),
    due,
    notSent <= 0.01 * due,
  );
}
