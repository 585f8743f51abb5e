// 3.12: after a release all detectors start anew from a new reference; how often do they alarm at once?
import { EDetector, eventStream, rateNull } from "../../../dist/drift/index.js";
import { atLeast, firstAlarm, percent } from "./measure.mjs";

const runs = 400;
const threshold = 2000;
const rate = 0.06;

export async function measure() {
  const quietFor = (nullOf) =>
    Array.from({ length: runs }, (_, seed) => {
      const stream = eventStream(300_000 + seed, rate, rate, 0);
      let events = 0;
      for (let i = 0; i < 1000; i++) events += Number(stream.next().value);
      const detector = new EDetector(nullOf(events));
      // What was held against the release before must be gone.
      for (let i = 0; i < 300; i++) detector.update(1);
      detector.restart();
      return firstAlarm(stream, (event) => detector.update(event ? 1 : 0) >= threshold, threshold / 10);
    }).filter((at) => at === Infinity).length / runs;
  const own = quietFor((events) => rateNull({ events, cases: 1000 }));
  return {
    note: `${runs} releases, each with a reference of 1000 cases of its own; c = ${threshold}.`,
    columns: ["reference", `no alarm in the first ${threshold / 10} quiet cases`],
    rows: [["bounded (ours)", percent(own)]],
    goals: [atLeast("releases without an early alarm", own, 0.85)],
    peers: "-",
  };
}
