import { defineCommand } from "citty";
import {
  DatasetError,
  finishTraining,
  planTraining,
  runTraining,
  type TrainedModel,
  TrainingStopped,
  trainedModels,
} from "../../main/index.ts";
import { configured } from "../configured.ts";
import { exitCodes } from "../exit-codes.ts";
import { manyOf } from "../many-of.ts";
import { Progress } from "../progress.ts";

/** The names that the cataract source system gives its models. */
const sourceNames: Readonly<Record<string, TrainedModel>> = { lgbm: "fast", clip: "fine" };

export const train = defineCommand({
  meta: {
    name: "train",
    description: "Train a programme's readers from folders of labelled images, without Python.",
  },
  args: {
    programme: { type: "positional", description: "Screening programme, as in models/", required: true },
    data: { type: "string", description: "Folder of labelled images; may be given several times", required: true },
    model: { type: "string", description: `${trainedModels.join(", ")} (also lgbm, clip)`, default: "both" },
    network: { type: "string", description: "Folder of a fine network that was trained elsewhere (models/recipes)" },
    encoder: {
      type: "string",
      description: "Encoder that the fast reader's trees stand on; default: the program's own",
    },
    out: { type: "string", description: "Where the packs go; default: DATA_DIR/training/models" },
    views: { type: "string", description: "Views of each training image", default: "24" },
    folds: { type: "string", description: "Folds of the grouped cross-validation", default: "5" },
    trials: { type: "string", description: "Settings of the trees to try", default: "1" },
    seed: { type: "string", description: "Of views, folds and trees", default: "7" },
    json: { type: "boolean", description: "The result as one JSON document on stdout" },
  },
  run: async ({ args, rawArgs }) => {
    const config = configured();
    if (config === undefined) return;
    const model = sourceNames[args.model] ?? args.model;
    const numbers = { views: [1, 256], folds: [2, 20], trials: [1, 6], seed: [0, 2 ** 31] } as const;
    for (const [name, [least, most]] of Object.entries(numbers)) {
      const value = Number(args[name as keyof typeof numbers]);
      if (Number.isInteger(value) && value >= least && value <= most) continue;
      process.stderr.write(`--${name}: a whole number from ${least} to ${most}\n`);
      process.exitCode = exitCodes.usage;
      return;
    }
    if (!(trainedModels as readonly string[]).includes(model)) {
      process.stderr.write(`--model: one of ${trainedModels.join(", ")}, lgbm, clip\n`);
      process.exitCode = exitCodes.usage;
      return;
    }
    const progress = new Progress();
    const stop = new AbortController();
    process.once("SIGINT", () => stop.abort());
    try {
      const job = await planTraining(config, {
        programme: args.programme,
        data: manyOf(rawArgs, "data"),
        model: model as TrainedModel,
        ...(args.network !== undefined && { network: args.network }),
        ...(args.encoder !== undefined && { encoder: args.encoder }),
        ...(args.out !== undefined && { out: args.out }),
        viewsPerImage: Number(args.views),
        folds: Number(args.folds),
        trials: Number(args.trials),
        seed: Number(args.seed),
      });
      const result = await runTraining(
        job,
        (event) =>
          event.kind === "note" ? progress.note(event.text) : progress.update(event.step, event.done, event.of),
        stop.signal,
      );
      const finished = await finishTraining(config, job, result);
      if (finished.mirror?.ok === false) progress.note(`MLflow: ${finished.mirror.code}: ${finished.mirror.detail}`);
      if (args.json) process.stdout.write(`${JSON.stringify({ out: job.out, ...result, ...finished })}\n`);
      else {
        process.stdout.write(`${result.images} images in ${result.groups} groups, ${result.seconds.toFixed(1)} s\n`);
        for (const pack of result.packs) process.stdout.write(`${job.out}/${pack}\n`);
        if (finished.release !== undefined)
          process.stdout.write(
            `candidate ${finished.release.slice(0, 12)}; serve it: fovea models promote ${job.programme} --to active\n`,
          );
      }
    } catch (error) {
      if (error instanceof TrainingStopped) {
        process.stderr.write("stopped; the same command goes on where this one was\n");
        process.exitCode = exitCodes.interrupted;
      } else if (error instanceof DatasetError) {
        process.stderr.write(`fovea train: ${error.message}\n`);
        process.exitCode = exitCodes.data;
      } else throw error;
    }
  },
});
