// 3.5: a new sub-group on which the fast reader is surely wrong, while the band stays as it was. Generator S.
import { auditCoin, EDetector, rateNull, selectionStream } from "../../../dist/drift/index.js";
import { atMost, cases, firstAlarm, judged, percent, quantileOf } from "./measure.mjs";

const changeAt = 1000;
const casesMax = changeAt + 8000;
const runs = 200;
const referenceCases = 1000;

export async function measure() {
  const key = { secret: "a benchmark has no secrets", epoch: "1" };
  const reference = (seed, band) => {
    const stream = selectionStream(1_000_000 + seed, Infinity);
    let [events, count] = [0, 0];
    for (let i = 0; i < referenceCases; i++) {
      const one = stream.next().value;
      if (one.band !== band) continue;
      count++;
      events += Number(one.disagrees);
    }
    return rateNull({ events, cases: count });
  };
  /** A case is evidence when it is of the part looked at and its coin falls below the audit's share. */
  const eSr = (threshold, band, share) => (seed) => {
    const detector = new EDetector(reference(seed, band));
    let i = 0;
    return (one) => {
      const looked = one.band === band && (share === 1 || auditCoin(`${seed}/${i}`, "fine", key) < share);
      i++;
      return (looked ? detector.update(one.disagrees ? 1 : 0) : detector.pass()) >= threshold;
    };
  };
  const detectors = {
    "audit 5 %, c = 2000 (ours)": eSr(2000, false, 0.05),
    "audit 2 %, c = 2000": eSr(2000, false, 0.02),
    "audit 10 %, c = 2000": eSr(2000, false, 0.1),
    "audit 5 %, c = 50,000 (what serves)": eSr(50_000, false, 0.05),
    "band only, c = 2000": eSr(2000, true, 1),
    "always alarms": () => () => true,
    "never alarms": () => () => false,
  };
  const figures = Object.entries(detectors).map(([name, make]) => {
    const alarms = Array.from({ length: runs }, (_, seed) =>
      firstAlarm(selectionStream(seed, changeAt), make(seed), casesMax),
    );
    const delays = alarms.filter((at) => at > changeAt).map((at) => at - changeAt);
    return {
      name,
      ...judged(alarms, changeAt),
      p90: quantileOf(delays, 0.9),
      misses: alarms.filter((at) => at === Infinity).length,
    };
  });
  const [own] = figures;
  return {
    note: `${runs} runs, change at ${changeAt}, ${casesMax - changeAt} cases after it; the reference rate is bounded from ${referenceCases} cases; audits by the coin.`,
    columns: ["looked at", "median", "p90", "false before the change", "missed", "F1"],
    rows: figures.map(({ name, median, p90, early, missed, f1 }) => [
      name,
      cases(median),
      cases(p90),
      percent(early),
      percent(missed),
      f1.toFixed(2),
    ]),
    goals: [
      atMost("median delay", own.median, 600),
      atMost("p90 of the delay", own.p90, 1200),
      atMost("missed", own.misses, 0),
    ],
    dummies: figures
      .slice(-2)
      .map((dummy) => ({ stream: "selection", dummy: dummy.name, own: own.f1, other: dummy.f1 })),
    peers:
      "comparing in the band alone reacts at its false-alarm rate; the design's own measurement at 2 / 5 / 10 %: 1067 / 564 / 307",
  };
}
