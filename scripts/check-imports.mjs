// Holds the source against the import DAG, and proves that it looked: a checker that reads no module
// reports no violation either, so the number of modules must stay above a committed floor.

import { createRequire } from "node:module";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { cruise } from "dependency-cruiser";
import extractTSConfig from "dependency-cruiser/config-utl/extract-ts-config";

const { values } = parseArgs({
  options: { root: { type: "string", default: "." }, floor: { type: "string", default: "60" } },
});
const root = resolve(values.root);
const floor = Number(values.floor);
const config = createRequire(import.meta.url)(resolve(import.meta.dirname, "../.dependency-cruiser.cjs"));

process.chdir(root);
const { output } = await cruise(
  ["src"],
  { ruleSet: { forbidden: config.forbidden }, validate: true, ...config.options },
  undefined,
  { tsConfig: extractTSConfig(resolve(root, "tsconfig.json")) },
);
const own = output.modules.filter((module) => module.source.startsWith("src/"));
const edges = own.reduce((sum, module) => sum + module.dependencies.length, 0);
for (const violation of output.summary.violations)
  console.error(`${violation.rule.name}: ${violation.from} -> ${violation.to}`);
console.log(`${own.length} modules, ${edges} imports read; ${output.summary.violations.length} violations`);
if (own.length < floor) {
  console.error(`only ${own.length} modules were read, ${floor} expected: the checker is blind`);
  process.exitCode = 1;
}
if (output.summary.violations.length > 0) process.exitCode = 1;
