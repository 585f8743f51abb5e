// 3.7: fifty looks at a stream in which nothing changes.
import { EProcess, eventStream, knownRateNull } from "../../../dist/drift/index.js";
import { atMost, percent } from "./measure.mjs";

const streams = 200;
const looks = 50;
const each = 100;
const rate = 0.06;
const alpha = 0.05;

export async function measure() {
  const after = [5, 20, 50];
  const never = () => after.map(() => 0);
  const counts = {
    "anytime e-process (ours)": never(),
    "p < .05 of each hundred": never(),
    "p < .05 of all so far": never(),
  };
  for (let seed = 0; seed < streams; seed++) {
    const process = new EProcess(knownRateNull(rate));
    const stream = eventStream(7000 + seed, rate, rate, 0);
    const first = {
      "anytime e-process (ours)": Infinity,
      "p < .05 of each hundred": Infinity,
      "p < .05 of all so far": Infinity,
    };
    let total = 0;
    for (let look = 1; look <= looks; look++) {
      let events = 0;
      for (let i = 0; i < each; i++) {
        const event = Number(stream.next().value);
        events += event;
        process.update(event);
        if (process.exceeds(alpha))
          first["anytime e-process (ours)"] = Math.min(first["anytime e-process (ours)"], look);
      }
      total += events;
      if (z(events, each) > 1.645) first["p < .05 of each hundred"] = Math.min(first["p < .05 of each hundred"], look);
      if (z(total, look * each) > 1.645)
        first["p < .05 of all so far"] = Math.min(first["p < .05 of all so far"], look);
    }
    for (const [name, at] of Object.entries(first))
      for (const [k, limit] of after.entries()) if (at <= limit) counts[name][k]++;
  }
  return {
    note: `${streams} quiet streams of ${looks * each} cases; the e-process is looked at after every case.`,
    columns: ["test", ...after.map((count) => `false alarm within ${count} looks`)],
    rows: Object.entries(counts).map(([name, found]) => [name, ...found.map((count) => percent(count / streams))]),
    goals: [atMost("false alarms of the e-process", counts["anytime e-process (ours)"][2], 16)],
    peers: "the design's own measurement of Kolmogorov-Smirnov at p < .05: 18.5 / 61 / 90 %",
  };
}

const z = (events, n) => (events / n - rate) / Math.sqrt((rate * (1 - rate)) / n);
