import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");
const check = join(root, "scripts/check-imports.mjs");

describe("the import check", () => {
  let tree: string;
  beforeAll(() => {
    tree = mkdtempSync(join(tmpdir(), "fovea-dag-"));
    cpSync(join(root, "src"), join(tree, "src"), { recursive: true });
    cpSync(join(root, "tsconfig.json"), join(tree, "tsconfig.json"));
    cpSync(join(root, "package.json"), join(tree, "package.json"));
    symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
  });
  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  const run = (...args: string[]) =>
    spawnSync(process.execPath, [check, "--root", tree, ...args], { encoding: "utf8" });
  const plant = (file: string, text: string) => {
    const path = join(tree, "src", file);
    writeFileSync(path, text);
    return () => rmSync(path);
  };

  it("passes the source as it is, and says how many modules it read", () => {
    const output = execFileSync(process.execPath, [check], { cwd: root, encoding: "utf8" });
    expect(Number(/^(\d+) modules/m.exec(output)?.[1])).toBeGreaterThan(100);
  });

  it.each([
    [
      "an edge that the table does not have",
      "ensemble/planted.ts",
      'export { readConfig } from "../platform/index.ts";\n',
      "dag-ensemble",
    ],
    [
      "a way past a door",
      "screening/planted.ts",
      'export { sigmoid } from "../ensemble/probability.ts";\n',
      "outsiders-use-the-door",
    ],
    ["a library away from home", "ensemble/planted.ts", 'export { default } from "sharp";\n', "home-of-piscina"],
    ["a room nobody drew", "planted.ts", 'export { fuse } from "./ensemble/decide.ts";\n', "known-rooms-only"],
    [
      "native code in the gateway's process",
      "main/gateway.ts",
      'export { runEngine } from "../workers/engine.ts";\n',
      "engine-door-is-for-the-engine",
    ],
  ])("fails on %s", (_, file, text, rule) => {
    const original = file === "main/gateway.ts";
    if (original) cpSync(join(tree, "src", file), join(tree, "kept.ts"));
    const remove = plant(file, text);
    const { status, stderr } = run();
    remove();
    if (original) cpSync(join(tree, "kept.ts"), join(tree, "src", file));
    expect(status).toBe(1);
    expect(stderr).toContain(rule);
  });

  it("fails on a cycle", () => {
    const removeOne = plant(
      "ensemble/one.ts",
      'import { two } from "./two.ts";\nexport const one = (): unknown => two;\n',
    );
    const removeTwo = plant(
      "ensemble/two.ts",
      'import { one } from "./one.ts";\nexport const two = (): unknown => one;\n',
    );
    const { status, stderr } = run();
    removeOne();
    removeTwo();
    expect(status).toBe(1);
    expect(stderr).toContain("no-cycle");
  });

  it("fails when it reads fewer modules than it should, instead of reporting no violation", () => {
    const { status, stderr } = run("--floor", "100000");
    expect(status).toBe(1);
    expect(stderr).toContain("blind");
  });
});
