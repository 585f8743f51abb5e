// The README's test command, with a machine-readable report beside what people read.
import { spawnSync } from "node:child_process";

const report = process.argv[2];
const { status } = spawnSync(
  "npm",
  ["test", "--silent", "--", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
  {
    stdio: "inherit",
  },
);
process.exit(status ?? 1);
