// 3.11: what watching costs.
import { Random } from "../../../dist/contracts/random.js";
import {
  DriftMonitor,
  defaultAuditRates,
  EDetector,
  EmbeddingMonitor,
  knownRateNull,
} from "../../../dist/drift/index.js";
import { fitEmbeddingReference, placeOf } from "../../../dist/ensemble/index.js";
import { atMost } from "./measure.mjs";

const width = 512;
const rounds = 15;

export async function measure() {
  const random = new Random(311);
  const embedding = () => Float64Array.from({ length: width }, () => random.between(-1, 1));
  const embeddings = Array.from({ length: 1000 }, embedding);
  /** Processor time, lowest of all rounds: what the work costs, and not what else the machine was doing. */
  const microseconds = (count, act) => {
    const times = Array.from({ length: rounds }, () => {
      const started = process.cpuUsage();
      for (let i = 0; i < count; i++) act(i);
      const { user, system } = process.cpuUsage(started);
      return (user + system) / count;
    });
    return Math.min(...times);
  };
  const detector = new EDetector(knownRateNull(0.06));
  const bernoulli = microseconds(200_000, (i) => detector.update(i % 17 === 0 ? 1 : 0));
  const fitStarted = process.cpuUsage();
  const { projection, reference } = fitEmbeddingReference(embeddings);
  const fitMs = process.cpuUsage(fitStarted).user / 1000;
  const monitor = new EmbeddingMonitor(reference);
  const perEmbedding = microseconds(2000, (i) =>
    monitor.update(placeOf(embeddings[i % embeddings.length], projection)),
  );
  const places = embeddings.map((each) => placeOf(each, projection));
  const whole = {
    id: "cost",
    embedding: JSON.parse(JSON.stringify(reference)),
    fastLogOdds: Array.from({ length: 1000 }, () => random.between(-4, 4)),
    groups: 1000,
    band: { lo: 0.2, hi: 0.8 },
    shares: {
      "fast-negative": { events: 600, cases: 1000 },
      "fast-positive": { events: 200, cases: 1000 },
      band: { events: 200, cases: 1000 },
    },
    poor: { events: 10, cases: 1000 },
    disagreement: {
      "fast-negative": { events: 6, cases: 600 },
      "fast-positive": { events: 4, cases: 200 },
      band: { events: 60, cases: 200 },
    },
    errorRateMax: 0.05,
  };
  const setUp = microseconds(1, () => new DriftMonitor(whole, defaultAuditRates)) / 1000;
  const full = new DriftMonitor(whole, defaultAuditRates);
  const feed = (target, from, to) => {
    for (let i = from; i < to; i++) {
      const group = `patient-${i}`;
      const audit = target.nextAudit("fast-negative");
      target.update({
        group,
        stratum: "fast-negative",
        fastLogOdds: (i % 80) / 10 - 4,
        embedding: places[i % places.length],
        disagrees: i % 20 === 0 ? i % 40 === 0 : undefined,
      });
      target.settle({
        group,
        probability: audit.human,
        judgement: i % 97 === 0 ? { positive: true, claimed: 0.4, wrong: false } : undefined,
      });
    }
  };
  feed(full, 0, 3000);
  const text = JSON.stringify(full.save());
  const restored = new DriftMonitor(whole, defaultAuditRates, JSON.parse(text));
  feed(full, 3000, 3500);
  feed(restored, 3000, 3500);
  const same = JSON.stringify(full.save()) === JSON.stringify(restored.save());
  return {
    note: `processor time, lowest of ${rounds} rounds; embeddings of ${width} numbers, a reference of ${embeddings.length}.`,
    columns: ["what", "cost"],
    rows: [
      ["one Bernoulli update", `${bernoulli.toFixed(3)} us`],
      ["one embedding update", `${perEmbedding.toFixed(1)} us`],
      ["set-up of all streams from a reference", `${setUp.toFixed(2)} ms`],
      ["fit of the reference, once a release", `${fitMs.toFixed(0)} ms`],
      ["state as JSON", `${(text.length / 1024).toFixed(1)} KB`],
      ["goes on bit for bit after save and restore", same ? "yes" : "no"],
    ],
    goals: [
      atMost("us a Bernoulli update", bernoulli, 2),
      atMost("us an embedding update", perEmbedding, 30),
      atMost("ms of set-up", setUp, 50),
      atMost("KB of state", text.length / 1024, 64),
      atMost("differences after a restore", same ? 0 : 1, 0),
    ],
    peers: "alibi-detect FETDriftOnline: 18.6 s set-up, 56 us a step, process of about 580 MB",
  };
}
