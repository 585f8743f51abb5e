// Ends a CI run: adds the counts of every runner and prints the closing line.
// A gate that failed outside a test runner counts as one failed test. With CI=true a skipped test fails the run.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [folder = ".", gatesFailed = "0"] = process.argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0 };

const vitest = join(folder, "vitest.json");
if (existsSync(vitest)) {
  const report = JSON.parse(readFileSync(vitest, "utf8"));
  total.passed += report.numPassedTests;
  total.failed += report.numFailedTests;
  total.skipped += report.numPendingTests + (report.numTodoTests ?? 0);
}
const pytest = join(folder, "recipe.txt");
if (existsSync(pytest)) {
  const closing = readFileSync(pytest, "utf8");
  for (const [, count, kind] of closing.matchAll(/(\d+) (passed|failed|skipped)/g)) total[kind] += Number(count);
}
// A failed test already failed its gate; only a gate without a failed test adds to the count.
if (Number(gatesFailed) > 0 && total.failed === 0) total.failed = Number(gatesFailed);
const skippedFails = process.env.CI === "true" && total.skipped > 0;
if (skippedFails) console.log(`${total.skipped} tests were skipped, which fails a CI run`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = Number(gatesFailed) > 0 || total.failed > 0 || total.passed === 0 || skippedFails ? 1 : 0;
