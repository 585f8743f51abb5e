// Does the certified band keep its promise? Four rules choose a band from the same labelled cases; how often does the
// band they choose miss more positives, or call more negatives positive, than it may?
//
//   npm run --silent build && node bench/decision/band-guarantee.mjs [--resamplings 1000] [--json FILE] [--dist DIR]
//
// Cases are synthetic ("twin logit"): prevalence 0.3, two readers with correlated normal evidence, calibrated by
// construction; the fast reader is right in 93.9 % of cases, the fine one in 96.9 %. The true rates of every chosen band
// are computed from the generator (bivariate normal, Gauss-Legendre), not estimated. Exits 1 when ours misses a goal.

import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    resamplings: { type: "string", default: "1000" },
    json: { type: "string" },
    dist: { type: "string", default: resolve(import.meta.dirname, "../../dist") },
  },
});
const resamplings = Number(values.resamplings);
const dist = resolve(values.dist);
const { bandSettings, bandSteps, certifyBand, countErrors, violationPValue } = await import(
  `${dist}/ensemble/fit/certify-band.js`
);
const { normalCdf, normalDensity } = await import(`${dist}/ensemble/metrics/normal.js`);
const { Random } = await import(`${dist}/contracts/random.js`);

const target = { missRate: 0.05, falsePositiveRate: 0.05, confidence: 0.95 };
const sizes = [1200, 2400, 4800];
const prevalence = 0.3;
const seed = 20261121;
/** 5 % of 1000 plus 1.6 standard errors of the count. */
const goals = { violationsPerThousandMax: 61, atSize: 2400, escalatedMax: 0.25, personMax: 0.03 };

// Evidence (z1, z2) is normal around (2y - 1) * means with unit variances and this correlation. Both readers' log-odds
// and those of the two together are linear in it; u is the second look's.
const means = [1.491, 1.812];
const correlation = 0.5;
const priorLogOdds = Math.log(prevalence / (1 - prevalence));
const weights = [0, 1].map((i) => (2 * (means[i] - correlation * means[1 - i])) / (1 - correlation ** 2));
const evidenceMean = weights[0] * means[0] + weights[1] * means[1];
const evidenceVariance = weights[0] ** 2 + weights[1] ** 2 + 2 * correlation * weights[0] * weights[1];
const evidenceSlope = weights[0] + correlation * weights[1];
const evidenceSpread = Math.sqrt(evidenceVariance - evidenceSlope ** 2);
const sigmoid = (x) => 1 / (1 + Math.exp(-x));
const logOdds = (p) => Math.log(p / (1 - p));

function sample(n, random) {
  const normals = () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
    const angle = 2 * Math.PI * random.next();
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  };
  return Array.from({ length: n }, (_, i) => {
    const positive = random.next() < prevalence;
    const side = positive ? 1 : -1;
    const [e1, e2] = normals();
    const z1 = side * means[0] + e1;
    const z2 = side * means[1] + correlation * e1 + Math.sqrt(1 - correlation ** 2) * e2;
    const fast = sigmoid(2 * means[0] * z1 + priorLogOdds);
    const combined = sigmoid(weights[0] * z1 + weights[1] * z2 + priorLogOdds);
    return { id: `${i}`, group: `${i}`, positive, fast, combined };
  });
}

/** Nodes and weights of Gauss-Legendre quadrature on [-1, 1]. */
function gaussLegendre(n) {
  return Array.from({ length: n }, (_, i) => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let step = 0; step < 100; step++) {
      let [before, here] = [1, x];
      for (let k = 2; k <= n; k++) [before, here] = [here, ((2 * k - 1) * x * here - (k - 1) * before) / k];
      slope = (n * (x * here - before)) / (x * x - 1);
      const move = here / slope;
      x -= move;
      if (Math.abs(move) < 1e-15) break;
    }
    return { x, weight: 2 / ((1 - x * x) * slope * slope) };
  });
}
const quadrature = gaussLegendre(48);

/** What becomes of one class's cases under a band, exactly: shares of exits, second looks and persons. */
function trueShares({ lo, hi, a, b }, side) {
  // In units of the first evidence around its class mean; 9 standard deviations hold all but 1e-19.
  const edge = (p) => Math.max(-9, Math.min(9, (logOdds(p) - priorLogOdds) / (2 * means[0]) - side * means[0]));
  const [from, to] = [edge(lo), edge(hi)];
  const shares = {
    negative: normalCdf(from),
    positive: 1 - normalCdf(to),
    escalated: normalCdf(to) - normalCdf(from),
    person: 0,
  };
  for (const node of quadrature) {
    const e1 = (from + to) / 2 + (node.x * (to - from)) / 2;
    const mass = (node.weight * normalDensity(e1) * (to - from)) / 2;
    const below = (p) =>
      p <= 0
        ? 0
        : p >= 1
          ? 1
          : normalCdf((logOdds(p) - priorLogOdds - side * evidenceMean - evidenceSlope * e1) / evidenceSpread);
    const [under, reached] = [below(a), below(b)];
    shares.negative += mass * under;
    shares.positive += mass * (1 - reached);
    shares.person += mass * (reached - under);
  }
  return shares;
}

function truthOf(setting) {
  const positives = trueShares(setting, 1);
  const negatives = trueShares(setting, -1);
  const mixed = (name) => prevalence * positives[name] + (1 - prevalence) * negatives[name];
  return {
    missRate: positives.negative,
    falsePositiveRate: negatives.positive,
    escalated: mixed("escalated"),
    person: mixed("person"),
  };
}

/** The boldest setting that a test accepts, wherever it stands in the list. */
const boldest = (settings, cases, accepts) => settings.findLast((setting) => accepts(countErrors(setting, cases)));
const looksRight = ({ misses, positives, falsePositives, negatives }) =>
  misses <= target.missRate * positives && falsePositives <= target.falsePositiveRate * negatives;
const rules = {
  "same data": ({ all }) => boldest(bandSettings(all, target), all, looksRight),
  "plug-in, fresh split": ({ settings, calibrate }) => boldest(settings, calibrate, looksRight),
  "fixed sequence (ours)": ({ tune, calibrate }) => certifyBand(tune, calibrate, target).setting,
  "union bound": ({ settings, calibrate }) =>
    boldest(settings, calibrate, (errors) => violationPValue(errors, target) <= (1 - target.confidence) / bandSteps),
};
const ours = "fixed sequence (ours)";

function measure(n) {
  const sums = Object.fromEntries(
    Object.keys(rules).map((rule) => [rule, { violations: 0, nothing: 0, escalated: 0, person: 0 }]),
  );
  for (let round = 0; round < resamplings; round++) {
    const all = sample(n, new Random(seed, n, round));
    const [tune, calibrate] = [all.slice(0, n / 2), all.slice(n / 2)];
    const samples = { all, tune, calibrate, settings: bandSettings(tune, target) };
    for (const [rule, choose] of Object.entries(rules)) {
      const sum = sums[rule];
      const setting = choose(samples);
      if (setting === undefined) {
        sum.nothing++;
        sum.person += 1;
        continue;
      }
      const truth = truthOf(setting);
      if (truth.missRate > target.missRate || truth.falsePositiveRate > target.falsePositiveRate) sum.violations++;
      sum.escalated += truth.escalated;
      sum.person += truth.person;
    }
  }
  return Object.entries(sums).map(([rule, sum]) => ({
    n,
    rule,
    resamplings,
    violations: sum.violations,
    violationsPerThousand: (1000 * sum.violations) / resamplings,
    nothingCertified: sum.nothing,
    escalated: sum.nothing === resamplings ? 0 : sum.escalated / (resamplings - sum.nothing),
    person: sum.person / resamplings,
  }));
}

const started = performance.now();
const rows = sizes.flatMap(measure);
const seconds = (performance.now() - started) / 1000;
const percent = (share) => `${(100 * share).toFixed(1)} %`;
console.log(
  `${resamplings} resamplings a size, seed ${seed}, targets 5 % / 5 % at 95 %, half tune and half calibrate; true rates in closed form; ${seconds.toFixed(0)} s`,
);
console.log(
  "| n | rule | violations per 1000 | nothing certified per 1000 | escalated (where certified) | person (all runs) |",
);
console.log("| --- | --- | --- | --- | --- | --- |");
for (const row of rows)
  console.log(
    `| ${row.n} | ${row.rule} | ${row.violationsPerThousand.toFixed(0)} | ${((1000 * row.nothingCertified) / resamplings).toFixed(0)} | ${percent(row.escalated)} | ${percent(row.person)} |`,
  );

const own = rows.filter(({ rule }) => rule === ours);
const judged = own.find(({ n }) => n === goals.atSize);
const failures = [
  ...own
    .filter((row) => row.violationsPerThousand > goals.violationsPerThousandMax)
    .map((row) => `n ${row.n}: ${row.violationsPerThousand.toFixed(0)} violations per 1000`),
  ...(judged.escalated > goals.escalatedMax ? [`n ${goals.atSize}: ${percent(judged.escalated)} escalated`] : []),
  ...(judged.person > goals.personMax ? [`n ${goals.atSize}: ${percent(judged.person)} to a person`] : []),
];
console.log(
  `goal for ours: violations <= ${goals.violationsPerThousandMax} per 1000 at every n; at n ${goals.atSize} escalated <= ${percent(goals.escalatedMax)}, person <= ${percent(goals.personMax)}: ${failures.length === 0 ? "met" : `missed (${failures.join("; ")})`}`,
);
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ seed, target, goals, rows, failures, seconds }, undefined, 2)}\n`);
if (failures.length > 0) process.exitCode = 1;
