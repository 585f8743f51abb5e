// 3.8: what the gate lets through. Pairs that differ in 6 % of cases; "worse" is worse by just the margin of 2 points.
import { Random } from "../../../dist/contracts/random.js";
import { notInferior } from "../../../dist/drift/index.js";
import { atLeast, atMost, percent } from "./measure.mjs";

const draws = 20_000;
const sizes = [57, 121, 500, 1000, 2000];
const discordant = 0.06;
const margin = 0.02;

export async function measure() {
  const rules = {
    "Tango, one-sided 5 % (ours)": (counts) => notInferior(counts, margin),
    "higher accuracy wins": ({ lost, won }) => won > lost,
    "Wald, one-sided 5 %": ({ lost, won, pairs }) => {
      const difference = (lost - won) / pairs;
      const error = Math.sqrt(((lost + won) / pairs - difference ** 2) / pairs);
      return difference - margin <= -1.645 * error;
    },
  };
  const share = (n, worse, rule) => {
    const random = new Random(n, worse * 1000, 38);
    const lostShare = (discordant + worse) / 2;
    let passed = 0;
    for (let draw = 0; draw < draws; draw++) {
      let [lost, won] = [0, 0];
      for (let i = 0; i < n; i++) {
        const place = random.next();
        if (place < lostShare) lost++;
        else if (place < discordant) won++;
      }
      if (rule({ lost, won, pairs: n })) passed++;
    }
    return passed / draws;
  };
  const figures = Object.entries(rules).map(([name, rule]) => ({
    name,
    sizes: sizes.map((n) => ({ n, wrong: share(n, margin, rule), right: share(n, 0, rule) })),
  }));
  const [own] = figures;
  return {
    note: `${draws} draws a cell: passes a candidate that is worse by 2 points / passes an equal one.`,
    columns: ["rule", ...sizes.map((n) => `n = ${n}`)],
    rows: figures.map(({ name, sizes: cells }) => [
      name,
      ...cells.map(({ wrong, right }) => `${percent(wrong)} / ${percent(right)}`),
    ]),
    goals: [
      ...own.sizes.map(({ n, wrong }) => atMost(`worse candidate passed at n = ${n}`, wrong, 0.053)),
      atLeast("equal candidate passed at n = 1000", own.sizes.find(({ n }) => n === 1000).right, 0.8),
    ],
    peers: "the design's own measurement: naive rule promotes a worse model in 12.6 % at 121 and 19.3 % at 57",
  };
}
