// Compiles src to dist, same shape. A second start must not pay for a compiler that has nothing to do,
// so the sources' fingerprint is kept beside the output and compared first.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const stamp = join(root, "dist", ".fingerprint");

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const hash = createHash("sha256");
// The server and the page in the browser are two programs: only the second knows a document.
const projects = ["tsconfig.json", "tsconfig.client.json"].map((name) => join(root, name));
for (const file of [...projects, join(root, "package-lock.json"), ...sources(join(root, "src"))])
  hash.update(file.slice(root.length)).update(readFileSync(file));
const fingerprint = hash.digest("hex");

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== fingerprint) {
  // A file that left src must leave dist as well, or a deleted module could still be imported.
  rmSync(join(root, "dist"), { recursive: true, force: true });
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  for (const project of projects) {
    const { status } = spawnSync(process.execPath, [tsc, "-p", project], { stdio: "inherit" });
    if (status !== 0) process.exit(status ?? 1);
  }
  mkdirSync(join(root, "dist"), { recursive: true });
  chmodSync(join(root, "dist", "cli", "fovea.js"), 0o755);
  writeFileSync(stamp, fingerprint);
}
