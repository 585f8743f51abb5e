import { defineCommand } from "citty";
import { benchMachine, DatasetError, type DoctorFinding, examine } from "../../main/index.ts";
import { configured } from "../configured.ts";
import { exitCodes } from "../exit-codes.ts";
import { Progress } from "../progress.ts";
import { benchTable } from "./bench-table.ts";

const marks: Readonly<Record<DoctorFinding["state"], string>> = {
  ok: "ok     ",
  warning: "warning",
  failure: "FAILURE",
};
const secondsMax = 600;

export const doctor = defineCommand({
  meta: {
    name: "doctor",
    description: "Say what is wrong with this machine or configuration, and how to mend it, or what it can do.",
  },
  args: {
    json: { type: "boolean", description: "One JSON document on stdout" },
    bench: { type: "boolean", description: "Measure images a second and the time of one image, for every programme" },
    seconds: { type: "string", description: "Measured time a programme, with --bench", default: "5" },
    data: { type: "string", description: "Folder of images to measure with; default: drawn ones" },
  },
  run: async ({ args }) => {
    if (args.bench) return bench({ seconds: Number(args.seconds), data: args.data, json: args.json === true });
    const findings: DoctorFinding[] = [];
    for await (const finding of examine(process.env)) {
      findings.push(finding);
      if (!args.json) process.stdout.write(line(finding));
    }
    const healthy = findings.every((each) => each.state !== "failure");
    if (args.json) process.stdout.write(`${JSON.stringify({ healthy, findings }, undefined, 2)}\n`);
    else
      process.stdout.write(
        healthy ? "Fovea can run here.\n" : "Fovea cannot run here until the failures are mended.\n",
      );
    process.exitCode = healthy ? exitCodes.ok : exitCodes.partlyFailed;
  },
});

interface BenchArguments {
  readonly seconds: number;
  readonly data: string | undefined;
  readonly json: boolean;
}

async function bench({ seconds, data, json }: BenchArguments): Promise<void> {
  if (!(seconds > 0 && seconds <= secondsMax)) {
    process.stderr.write(`fovea doctor: --seconds takes more than 0 and at most ${secondsMax}\n`);
    process.exitCode = exitCodes.usage;
    return;
  }
  const config = configured();
  if (config === undefined) return;
  const progress = new Progress();
  try {
    const found = await benchMachine(config, { seconds, ...(data !== undefined && { data }) }, (step, done, of) =>
      progress.update(step, done, of),
    );
    process.stdout.write(json ? `${JSON.stringify(found, undefined, 2)}\n` : benchTable(found));
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    process.stderr.write(`fovea doctor: ${error.message}\n`);
    process.exitCode = exitCodes.data;
  }
}

function line({ name, state, detail, mend }: DoctorFinding): string {
  const advice = state === "ok" || mend === undefined ? "" : `\n${" ".repeat(9)}-> ${mend}`;
  return `${marks[state]}  ${name.padEnd(20)} ${detail}${advice}\n`;
}
