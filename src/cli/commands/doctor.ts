import { defineCommand } from "citty";
import { type DoctorFinding, examine } from "../../main/index.ts";
import { exitCodes } from "../exit-codes.ts";

const marks: Readonly<Record<DoctorFinding["state"], string>> = {
  ok: "ok     ",
  warning: "warning",
  failure: "FAILURE",
};

export const doctor = defineCommand({
  meta: { name: "doctor", description: "Say what is wrong with this machine or configuration, and how to mend it." },
  args: { json: { type: "boolean", description: "One JSON document on stdout" } },
  run: async ({ args }) => {
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

function line({ name, state, detail, mend }: DoctorFinding): string {
  const advice = state === "ok" || mend === undefined ? "" : `\n${" ".repeat(9)}-> ${mend}`;
  return `${marks[state]}  ${name.padEnd(20)} ${detail}${advice}\n`;
}
