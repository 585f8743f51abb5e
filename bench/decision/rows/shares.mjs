// 3.14: how soon another division of the cases by the cascade is found: its score falls into the band, or on either side.
// References are samples: of 260 cases, as few as the smallest committed pack has, and of 1000.
import { Random } from "../../../dist/contracts/random.js";
import { alwaysAlarm, EDetector, knownRateNull, neverAlarm, rateNull } from "../../../dist/drift/index.js";
import { atLeast, atMost, cases, judged, mean, percent } from "./measure.mjs";

/** As it serves: c = 10,000 over the nine streams of the look group, of which these are three. */
const served = 10_000 * 9;
const threshold = 2000;
const sides = ["negative", "positive", "band"];
const usual = [0.62, 0.3, 0.08];
const changes = [
  { name: "band 8 to 38 %", after: [0.42, 0.2, 0.38], limit: 60 },
  { name: "band 8 to 16 %", after: [0.57, 0.27, 0.16], limit: 600 },
  { name: "positives 30 to 60 %", after: [0.33, 0.6, 0.07], limit: 60 },
  { name: "negatives 62 to 93 %", after: [0.93, 0.05, 0.02], limit: 60 },
];
const changeAt = 500;
const casesMax = changeAt + 6000;
const quietCasesMax = 10_000;
const quietRuns = 200;
const runs = 200;
const sizes = [260, 1000];

/** Which side each case falls on; from `changeAt` on by other shares. Endless. */
function* sideStream(seed, after, from = changeAt) {
  const random = new Random(seed, 0x14);
  for (let i = 0; ; i++) {
    const drawn = random.next();
    const [negative, positive] = i < from ? usual : after;
    yield drawn < negative ? 0 : drawn < negative + positive ? 1 : 2;
  }
}

/** The three streams of a release with a reference of its own. */
function watch(size, seed, null_) {
  const sample = sideStream(2_000_000 + seed, usual);
  const counts = sides.map(() => 0);
  for (let i = 0; i < size; i++) counts[sample.next().value]++;
  const detectors = counts.map((events) => new EDetector(null_({ events, cases: size })));
  return (side) => detectors.reduce((sum, each, k) => sum + each.update(side === k ? 1 : 0), 0);
}

function firstAlarm(stream, alarmed, most) {
  for (let n = 1; n <= most; n++) if (alarmed(stream.next().value)) return n;
  return Infinity;
}

export async function measure() {
  const ours = Object.fromEntries(
    sizes.map((size) => [
      `shares of ${size} cases, bounded (ours)`,
      (limit) => (seed) => {
        const sum = watch(size, seed, rateNull);
        return (side) => sum(side) >= limit;
      },
    ]),
  );
  const plugged = ({ events, cases: n }) => knownRateNull(Math.max(0.5, events) / n);
  const detectors = {
    ...ours,
    "shares of 260 cases, plugged in": (limit) => (seed) => {
      const sum = watch(260, seed, plugged);
      return (side) => sum(side) >= limit;
    },
    "always alarms": () => () => {
      const dummy = alwaysAlarm();
      return (side) => dummy.update(side);
    },
    "never alarms": () => () => {
      const dummy = neverAlarm();
      return (side) => dummy.update(side);
    },
  };
  const figures = Object.entries(detectors).map(([name, make]) => {
    const quietOf = make(3 * threshold);
    const silent = name === "never alarms";
    const quiet = Array.from({ length: silent ? 1 : quietRuns }, (_, seed) =>
      Math.min(quietCasesMax, silent ? Infinity : firstAlarm(sideStream(seed, usual), quietOf(seed), quietCasesMax)),
    );
    const soon = quiet.filter((at) => at <= threshold / 10).length / quiet.length;
    const detect = make(served);
    const found = changes.map(({ after }) =>
      judged(
        Array.from({ length: runs }, (_, i) =>
          silent ? Infinity : firstAlarm(sideStream(10_000 + i, after), detect(10_000 + i), casesMax),
        ),
        changeAt,
      ),
    );
    return { name, runLength: mean(quiet), cut: quiet.filter((at) => at === quietCasesMax).length, soon, found };
  });
  const own = figures.slice(0, sizes.length);
  const dummies = figures.slice(-2);
  return {
    note: `quiet: c = ${threshold}, ${quietRuns} runs (cut at ${quietCasesMax}), each with a reference of its own; delays: at the threshold that serves (${served} over three of nine streams), ${runs} runs a change, change at ${changeAt}.`,
    columns: [
      "detector",
      "run length",
      `alarms in ${threshold / 10} quiet cases`,
      ...changes.map(({ name }) => name),
      "false before the change",
    ],
    rows: figures.map(({ name, runLength, cut, soon, found }) => [
      name,
      `${cut > 0 ? "> " : ""}${cases(runLength)}`,
      percent(soon),
      ...found.map(({ median }) => cases(median)),
      percent(found[0].early),
    ]),
    goals: [
      ...own.flatMap(({ name, runLength, soon }) => [
        atLeast(`${name}: run length`, runLength, threshold),
        // A tenth by theorem, and three standard errors of 200 runs.
        atMost(`${name}: alarms within a tenth of it`, soon, 0.164),
      ]),
      ...changes.map(({ name, limit }, i) =>
        atMost(`median delay, ${name}, ${sizes[0]} cases`, own[0].found[i].median, limit),
      ),
    ],
    dummies: own.flatMap(({ name, found }) =>
      changes.flatMap((change, i) =>
        dummies.map((dummy) => ({
          stream: `${change.name}, ${name}`,
          dummy: dummy.name,
          own: found[i].f1,
          other: dummy.found[i].f1,
        })),
      ),
    ),
    peers: "-",
  };
}
