import { defineCommand } from "citty";
import {
  type DriftStreamReport,
  type DriftStreamWish,
  driftChanges,
  openDriftStream,
  reportStream,
} from "../../main/index.ts";
import { configured } from "../configured.ts";
import { exitCodes } from "../exit-codes.ts";
import { Progress } from "../progress.ts";
import type { ServerLink } from "../server-link.ts";
import { serverArgs, withServer } from "../with-server.ts";
import { DriftClient } from "./drift-client.ts";
import { tableOf } from "./drift-table.ts";

const casesMax = 100_000;
const seedMax = 2 ** 31;

const simulate = defineCommand({
  meta: {
    name: "simulate",
    description:
      "Send labelled images to a server as a stream of cases, change them from some case on, and show what the monitor does. The cases stay: use a server for trials.",
  },
  args: {
    programme: { type: "string", description: "Screening programme", required: true },
    data: { type: "string", description: "Folder of labelled images, as for train", required: true },
    cases: { type: "string", description: "How many cases are sent", default: "500" },
    change: { type: "string", description: `What changes: ${driftChanges.join(", ")}`, default: "none" },
    at: { type: "string", description: "How many cases come before the change", default: "200" },
    seed: { type: "string", description: "The same seed draws the same cases", default: "1" },
    "include-seen": {
      type: "boolean",
      description: "Draw from all images, also those that the packs learnt from (such figures flatter)",
    },
    label: { type: "boolean", description: "A simulated person answers label tasks with the folder's labels" },
    ...serverArgs,
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  run: async ({ args }) => {
    const wish = wishOf(args, args["include-seen"] === true);
    const config = wish === undefined ? undefined : configured();
    if (wish === undefined || config === undefined) return;
    await withServer(
      { command: "fovea drift simulate", stopped: "stopped; the cases that were sent stay" },
      args,
      async (link) => {
        const report = await run(config, wish, link, args.label === true);
        process.stdout.write(args.json ? `${JSON.stringify(report, undefined, 2)}\n` : tableOf(report));
        return exitCodes.ok;
      },
    );
  },
});

export const drift = defineCommand({
  meta: { name: "drift", description: "What the drift monitor of a server does." },
  subCommands: { simulate },
});

async function run(
  config: Parameters<typeof openDriftStream>[0],
  wish: DriftStreamWish,
  link: ServerLink,
  labels: boolean,
): Promise<DriftStreamReport> {
  const stream = await openDriftStream(config, wish);
  try {
    const client = new DriftClient(link, stream, wish);
    const progress = new Progress();
    const seen = await client.send({ labels, onProgress: (step, done, of) => progress.update(step, done, of) });
    return reportStream({ ...seen, wish, images: stream.images });
  } finally {
    await stream.close();
  }
}

/** @returns undefined, with a word on stderr and the exit code, when the command line is wrong */
function wishOf(
  args: Readonly<Record<"programme" | "data" | "cases" | "change" | "at" | "seed", string>>,
  includeSeen: boolean,
): DriftStreamWish | undefined {
  const { programme, data } = args;
  const change = driftChanges.find((known) => known === args.change);
  if (change === undefined) return refuse(`--change: one of ${driftChanges.join(", ")}`);
  const bounds = { cases: [1, casesMax], at: [0, casesMax], seed: [0, seedMax] } as const;
  for (const name of ["cases", "at", "seed"] as const) {
    const [value, [least, most]] = [args[name].trim() === "" ? Number.NaN : Number(args[name]), bounds[name]];
    if (!Number.isInteger(value) || value < least || value > most)
      return refuse(`--${name}: a whole number from ${least} to ${most}`);
  }
  const [cases, at, seed] = [Number(args.cases), Number(args.at), Number(args.seed)];
  if (change !== "none" && at >= cases) return refuse("--at: fewer than --cases, or nothing changes");
  return { programme, data, cases, change, at, seed, includeSeen };
}

function refuse(words: string): undefined {
  process.stderr.write(`fovea drift simulate: ${words}\n`);
  process.exitCode = exitCodes.usage;
}
