import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { settingsMarkdown } from "../scripts/settings-table.mjs";
import { problems } from "../src/contracts/index.ts";
import { createMetrics, settings } from "../src/platform/index.ts";

// The code's own manners. The numbers in tidy.json are ratchets: they may only go down.
const root = resolve(import.meta.dirname, "..");
const limits = JSON.parse(readFileSync(join(root, "test/tidy.json"), "utf8")) as Record<string, number>;
const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && existsSync(join(root, file)));
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const source = listed.filter((file) => /^src\/.*\.ts$/.test(file));
/** Made from the document of the API: as long as that is. */
const made = "src/client/schema.ts";
const code = source.filter((file) => !file.endsWith(".test.ts") && file !== made);
const prose = listed.filter((file) => file.endsWith(".md"));

/** Start line and length of every brace-bodied function whose head starts a line. */
function functions(text: string): { line: number; length: number }[] {
  const lines = text.split("\n");
  const head =
    /^(\s*)(?:export )?(?:async )?(?:function\b|(?:static |readonly |private |override )*(?:async )?[\w#]+(?:<[^>]*>)?\([^;]*\{$|const \w+ = (?:async )?\(.*=> \{$)/;
  return lines.flatMap((line, start) => {
    const indent = head.exec(line)?.[1];
    if (indent === undefined || /^\s*(if|for|while|switch|describe|it)\b/.test(line)) return [];
    const end = lines.findIndex((each, i) => i > start && each.startsWith(`${indent}}`));
    return end === -1 ? [] : [{ line: start + 1, length: end - start + 1 }];
  });
}

describe("the source", () => {
  it("was really read", () => {
    expect(code.length).toBeGreaterThan(50);
    expect(code.flatMap((file) => functions(read(file))).length).toBeGreaterThan(150);
  });

  it.each(code)("%s stays below the ratchets", (file) => {
    const text = read(file);
    expect(text.split("\n").length).toBeLessThanOrEqual(limits["fileLinesMax"] as number);
    for (const { line, length } of functions(text))
      expect(length, `${file}:${line}`).toBeLessThanOrEqual(limits["functionLinesMax"] as number);
  });

  it("reads the environment and the clock in one place each, and ends the process only from main and cli", () => {
    const except = (...rooms: string[]) => code.filter((file) => !rooms.some((room) => file.startsWith(room)));
    const users = (files: string[], pattern: RegExp) => files.filter((file) => pattern.test(stripComments(read(file))));
    expect(users(except("src/platform/config.ts", "src/main/", "src/cli/"), /process\.env\b(?!\s*\})/)).toEqual([]);
    expect(users(except("src/platform/clock.ts"), /Date\.now\(|new Date\(\)/)).toEqual([]);
    expect(users(except("src/main/", "src/cli/"), /process\.exit\(/)).toEqual([]);
  });

  it("has a door to every room", () => {
    const rooms = readdirSync(join(root, "src")).filter((room) => room !== "cli");
    for (const room of rooms) expect(existsSync(join(root, "src", room, "index.ts")), room).toBe(true);
  });

  it("holds no leftovers and no rooms for the homeless", () => {
    const leftovers = source.filter((file) => /\b(TODO|FIXME|XXX|HACK)\b|\.only\(|debugger;/.test(read(file)));
    expect(leftovers).toEqual([]);
    expect(listed.filter((file) => /\/(utils?|helpers?|common|misc)(\/|\.)/.test(file))).toEqual([]);
  });

  it("throws every problem of the table, and provokes every one in a test", () => {
    const thrown = code
      .filter((file) => !/contracts\/problems\.ts$|pages\/client\/refusal-words\.ts$/.test(file))
      .map(read)
      .join("\n");
    const tested = listed
      .filter((file) => /\.test\.ts$|^test\/.*\.ts$/.test(file) && !file.endsWith("tidy.test.ts"))
      .map(read)
      .join("\n");
    for (const problem of Object.keys(problems)) {
      expect(thrown.includes(`"${problem}"`), `${problem} is thrown nowhere`).toBe(true);
      expect(tested.includes(`${problem}`), `${problem} is provoked by no test`).toBe(true);
    }
  });
});

describe("the documents", () => {
  it("were really read", () => expect(prose.length).toBeGreaterThan(10));

  it.each(prose)("%s has one title and only links that lead somewhere", (file) => {
    const text = read(file).replace(/```[\s\S]*?```/g, "");
    expect(text.match(/^# /gm)?.length).toBe(1);
    for (const [, target] of text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g))
      if (target !== undefined && !/^[a-z]+:/.test(target))
        expect(existsSync(resolve(root, dirname(file), target)), `${file}: ${target}`).toBe(true);
  });

  it("name every setting, with its default; after a change: npm run build && node scripts/generate-docs.mjs", () => {
    expect(read("docs/settings.md")).toBe(settingsMarkdown(settings));
    for (const [, name] of read("README.md").matchAll(/^\| `([A-Z_]+)`/gm))
      expect(settings).toHaveProperty([name as string]);
  });

  it("name every metric", async () => {
    const metrics = createMetrics();
    const page = read("docs/metrics.md");
    const own = metrics.registry.getMetricsAsArray().filter((metric) => !metric.name.startsWith("screen_process_"));
    expect(own.length).toBeGreaterThan(15);
    for (const { name } of own) expect(page.includes(`\`${name}\``), name).toBe(true);
  });
});

describe("what is committed", () => {
  it("is small: models below the pack limit, everything else below the file limit", () => {
    for (const file of listed.filter((each) => each !== "package-lock.json")) {
      const limit = file.startsWith("models/") ? limits["modelBytesMax"] : limits["committedBytesMax"];
      expect(statSync(join(root, file)).size, file).toBeLessThanOrEqual(limit as number);
    }
  });

  it("carries no path of the machine it was made on and no registry host", () => {
    const text = listed.filter(
      (file) => /\.(ts|mjs|cjs|json|md|sh|py|yml|yaml|txt)$/.test(file) && statSync(join(root, file)).size < 2_000_000,
    );
    expect(text.length).toBeGreaterThan(80);
    const home = dirname(root) === "/" ? root : dirname(root);
    const guilty = text.filter(
      (file) => read(file).includes(`${home}/`) || (file === "package-lock.json" && read(file).includes("resolved")),
    );
    expect(guilty).toEqual([]);
  });
});

function stripComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
}
