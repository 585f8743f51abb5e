import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const run = promisify(execFile);
const dist = resolve(import.meta.dirname, "../../dist");

// A file size limit is a disk that refuses: the write fails with EFBIG, as a full one fails with ENOSPC.
const script = `
import { CaseJournal } from ${JSON.stringify(join(dist, "store/index.js"))};
const journal = await CaseJournal.open(process.argv[1], "small");
const results = [];
for (let i = 0; i < 40; i++)
  results.push(await journal.recordCase({ id: "case-" + i, pad: "x".repeat(1000) }).then(() => "kept", (e) => e.code));
await journal.close();
process.stdout.write(JSON.stringify(results));
`;

it("refuses what the disk refuses, loses nothing it acknowledged, and goes on in a new file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fovea-disk-"));
  try {
    const command = `ulimit -f 8; exec "${process.execPath}" --input-type=module -e "$SCRIPT" "${folder}"`;
    const { stdout } = await run("bash", ["-c", command], { env: { ...process.env, SCRIPT: script } });
    const results = JSON.parse(stdout) as string[];
    expect(new Set(results)).toEqual(new Set(["kept", "store-unavailable"]));
    expect(results.lastIndexOf("kept")).toBeGreaterThan(results.indexOf("store-unavailable"));
    const files = await readdir(folder);
    expect(files.length).toBeGreaterThan(1);
    const whole = (await Promise.all(files.map((file) => readFile(join(folder, file), "utf8"))))
      .flatMap((text) => text.split("\n").slice(0, -1))
      .map((line) => (JSON.parse(line) as { id: string }).id);
    const acknowledged = results.flatMap((result, i) => (result === "kept" ? [`case-${i}`] : []));
    for (const id of acknowledged) expect(whole.filter((each) => each === id)).toHaveLength(1);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
