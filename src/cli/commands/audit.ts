import { defineCommand } from "citty";
import { verifyAudit } from "../../main/index.ts";
import { configured } from "../configured.ts";
import { exitCodes } from "../exit-codes.ts";
import { reportUnavailable } from "../unavailable.ts";

const verify = defineCommand({
  meta: {
    name: "verify",
    description: "Recompute the hash chain of the audit log. An embedded database must not be in use by a server.",
  },
  args: { json: { type: "boolean", description: "One JSON document on stdout" } },
  run: async ({ args }) => {
    const config = configured();
    if (config === undefined) return;
    try {
      const verdict = await verifyAudit(config);
      const { intact, entries, head, fault } = verdict;
      if (args.json) process.stdout.write(`${JSON.stringify(verdict)}\n`);
      else if (intact) process.stdout.write(`The audit log is intact: ${entries} entries, head ${head}\n`);
      else
        process.stdout.write(
          `THE AUDIT LOG IS BROKEN at entry ${fault?.seq}: ${fault?.reason} (${entries} before it fit)\n`,
        );
      process.exitCode = intact ? exitCodes.ok : exitCodes.partlyFailed;
    } catch (error) {
      reportUnavailable("audit verify", error);
    }
  },
});

export const audit = defineCommand({
  meta: { name: "audit", description: "The log of who read and wrote what." },
  subCommands: { verify },
});
