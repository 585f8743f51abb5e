import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { defineCommand } from "citty";
import { disclaimer, isProblem } from "../../contracts/index.ts";
import { DatasetError, type Evaluation, evaluateProgramme } from "../../main/index.ts";
import { configured } from "../configured.ts";
import { exitCodes } from "../exit-codes.ts";
import { manyOf } from "../many-of.ts";
import { Progress } from "../progress.ts";

export const evaluate = defineCommand({
  meta: {
    name: "evaluate",
    description: "Measure a programme's installed packs on labelled images, through the engine that serves.",
  },
  args: {
    programme: { type: "positional", description: "Screening programme", required: true },
    data: { type: "string", description: "Folder of labelled images; may be given several times", required: true },
    split: { type: "string", description: "Split to measure; default: test where there is one, else all" },
    foreign: {
      type: "string",
      description: "Folder of images of another kind: how well they are told apart; may be given several times",
    },
    "include-seen": { type: "boolean", description: "Also images that the packs learnt from (such figures flatter)" },
    out: { type: "string", description: "Folder that gets evaluation.json and the figures as SVG" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  run: async ({ args, rawArgs }) => {
    const config = configured();
    if (config === undefined) return;
    const progress = new Progress();
    try {
      const evaluation = await evaluateProgramme(
        config,
        {
          programme: args.programme,
          data: manyOf(rawArgs, "data"),
          ...(args.split !== undefined && { split: args.split }),
          foreign: manyOf(rawArgs, "foreign"),
          includeSeen: args["include-seen"] === true,
        },
        (step, done, of) => progress.update(step, done, of),
      );
      const { drawings, ...figures } = evaluation;
      const document = `${JSON.stringify({ ...figures, disclaimer }, undefined, 2)}\n`;
      if (args.out !== undefined) {
        await mkdir(args.out, { recursive: true });
        await writeFile(join(args.out, "evaluation.json"), document);
        for (const [name, svg] of Object.entries(drawings)) await writeFile(join(args.out, name), svg);
      }
      process.stdout.write(args.json ? document : `${tableOf(evaluation)}${disclaimer}\n`);
    } catch (error) {
      if (!(error instanceof DatasetError) && !isProblem(error)) throw error;
      process.stderr.write(`fovea evaluate: ${error.message}\n`);
      process.exitCode = error instanceof DatasetError ? exitCodes.data : exitCodes.unavailable;
    }
  },
});

function tableOf({ data, figures, domain, quality, foreign }: Evaluation): string {
  const lines = [
    `${data.images} images in ${data.groups} groups of ${data.sets.join(", ")} (${data.split}); ${data.seen} left out because the packs learnt from them`,
  ];
  const show = (name: string, { value, interval, n }: Evaluation["domain"]["rejected"]): void => {
    lines.push(
      `${name.padEnd(44)} ${value.toFixed(3)}  [${interval[0].toFixed(3)}, ${interval[1].toFixed(3)}]  n = ${n}`,
    );
  };
  for (const [reader, own] of Object.entries(figures))
    for (const [name, figure] of Object.entries(own)) show(`${reader}  ${name}`, figure);
  show("taken for foreign", domain.rejected);
  show("ungradable", quality.ungradable);
  for (const [set, each] of Object.entries(foreign)) {
    show(`foreign ${set}  auroc`, each.auroc);
    show(`foreign ${set}  detected`, each.detected);
  }
  return `${lines.join("\n")}\n`;
}
