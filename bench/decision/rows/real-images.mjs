// 3.1b: the cascade on real photographs: 5 times grouped 5-fold, readers trained anew in every fold. The set is not part
// of the repository: FOVEA_SHARED names the folder that holds it, by default `shared` beside the checkout.

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { embeddingOf } from "../../../dist/contracts/pack.js";
import { crossFittedLogOdds } from "../../../dist/ensemble/fit/fit-calibration.js";
import { fitFusion } from "../../../dist/ensemble/fit/fit-fusion.js";
import { bootstrap } from "../../../dist/ensemble/index.js";
import { readEncoder } from "../../../dist/programmes/index.js";
import { dealFolds } from "../../../dist/training/dataset/groups.js";
import { learnHead, learnTrees, outOfFold } from "../../../dist/training/learn.js";
import { prepareData } from "../../../dist/training/prepare-data.js";
import { atLeast, atMost, percent } from "./measure.mjs";

const root = resolve(import.meta.dirname, "../../..");
const folder = join(process.env.FOVEA_SHARED ?? resolve(root, "../shared"), "datasets/cataract_eye");
const repeats = 5;
const folds = 5;
const shareMax = 0.3;
const question = { task: "binary", labels: ["normal", "cataract"], positive: ["cataract"] };
/** Fewer and larger steps than `fovea train` takes: 25 forests are grown here. */
const trees = { leaves: 7, trees: 500, rate: 0.06, columns: 0.02, rows: 0.3, smallestLeaf: 20, l2: 1, extra: true };
const ridge = 0.1;

export async function measure() {
  if (!existsSync(folder))
    return { skipped: "the images are not here: FOVEA_SHARED names no folder with datasets/cataract_eye" };
  const encoder = await readEncoder([join(root, "models")], "encoders/efficientnet-lite0-int8");
  const { width } = embeddingOf(encoder.network);
  const network = { ...encoder.network, input: { ...encoder.network.input, prepare: "none" } };
  const cache = mkdtempSync(join(tmpdir(), "real-images-"));
  const signal = new AbortController().signal;
  const job = {
    question,
    aliases: {},
    data: [folder],
    cache,
    viewsPerImage: 1,
    seed: 1,
    threads: 2,
    augmentation: { rotation: 0, areaMin: 1, aspect: 0, mirror: false },
  };
  const worker = pathToFileURL(join(root, "dist/workers/views/embed.worker.js"));
  const { learning, testing } = await prepareData(
    job,
    { network, file: encoder.file },
    worker,
    () => undefined,
    signal,
  ).finally(() => rmSync(cache, { recursive: true, force: true }));
  const images = [...learning, ...testing];
  const groups = images.map(({ group }) => group);
  const truth = images.map(({ labels }) => labels[0]);
  const runs = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const fold = dealFolds(
      groups,
      images.map(({ labels }) => labels),
      folds,
      100 + repeat,
    );
    const fast = await outOfFold(
      images,
      width,
      fold,
      async (some) => (await learnTrees(some, width, question, { ...trees, seed: repeat }, {})).scorer,
    );
    const fine = await outOfFold(images, width, fold, (some) => learnHead(some, width, question).scorer);
    const calibrated = [fast, fine].map((scores) =>
      crossFittedLogOdds(
        "platt",
        scores.map(([score]) => score),
        truth,
        fold,
      ),
    );
    runs.push(decided(calibrated, truth, fold, fitFusion));
  }
  const rightOf = (name) => images.map((_, i) => runs.reduce((sum, run) => sum + run[name][i], 0) / repeats);
  const [fastRight, fineRight, cascadeRight, escalated] = ["fast", "fine", "cascade", "escalated"].map(rightOf);
  const meanOf = (values) =>
    bootstrap((cases) => cases.reduce((sum, i) => sum + values[i], 0) / cases.length, images.length, {
      groups,
      seed: 1,
    });
  const differences = cascadeRight.map((right, i) => right - fineRight[i]);
  const difference = meanOf(differences);
  const share = escalated.reduce((sum, each) => sum + each, 0) / images.length;
  const row = (name, { value, interval: [low, high] }) => [name, percent(value), `${percent(low)} to ${percent(high)}`];
  return {
    note: `${images.length} photographs (of 430 distinct ones; the others are kept apart or cannot be read) in ${new Set(groups).size} groups, grouped ${folds}-fold x ${repeats}, readers trained in each fold; intervals by group bootstrap. Calibration, fusion and band are fitted on the other folds.`,
    columns: ["reader", "accuracy", "95 %"],
    rows: [
      row("fast alone", meanOf(fastRight)),
      row("always fine", meanOf(fineRight)),
      row(`cascade, ${percent(share)} escalated`, meanOf(cascadeRight)),
      row("cascade minus always fine", difference),
    ],
    goals: [
      atLeast("points of the cascade above always fine", 100 * difference.value, -0.5),
      atMost("escalated", share, shareMax),
    ],
    peers:
      "none with a split free of copies; the set's published accuracies rest on one in which 53 % of the test images are training images",
  };
}

/** What becomes of each image when fusion and band come from the other folds. */
function decided([fast, fine], truth, fold, fitFusion) {
  const out = { fast: [], fine: [], cascade: [], escalated: [] };
  for (const left of new Set(fold)) {
    const rest = truth.flatMap((_, i) => (fold[i] === left ? [] : [i]));
    const fusion = fitFusion(
      { fast: rest.map((i) => fast[i]), fine: rest.map((i) => fine[i]), truth: rest.map((i) => truth[i]) },
      ridge,
    );
    const sureness = rest.map((i) => Math.abs(fast[i])).sort((one, other) => one - other);
    // A little under the share that is allowed, because the left-out fold has its own noise.
    const limit = sureness[Math.floor(0.9 * shareMax * sureness.length)];
    for (const [i, positive] of truth.entries()) {
      if (fold[i] !== left) continue;
      const second = Math.abs(fast[i]) < limit;
      const fused = fusion.w0 + fusion.w1 * fast[i] + fusion.w2 * fine[i];
      const right = (logOdds) => Number(logOdds > 0 === (positive === 1));
      out.fast[i] = right(fast[i]);
      out.fine[i] = right(fine[i]);
      out.cascade[i] = right(second ? fused : fast[i]);
      out.escalated[i] = Number(second);
    }
  }
  return out;
}
