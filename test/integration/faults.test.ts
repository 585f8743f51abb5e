import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serversMissing, startServers } from "../faults/servers.mjs";

// The scripts of test/faults with small numbers: the same faults, the same judge. Larger runs are in docs/faults.md.
const folder = resolve(import.meta.dirname, "../faults");
const scriptMsMax = 600_000;
const missing = await serversMissing();

interface Report {
  readonly passed: boolean;
  readonly failures: readonly string[];
  readonly history: { readonly findings: number; readonly acknowledged: number };
}

describe.skipIf(missing !== undefined)("after faults (PostgreSQL, NATS, S3 and toxiproxy of its own)", () => {
  let servers: Awaited<ReturnType<typeof startServers>>;
  beforeAll(async () => {
    servers = await startServers();
  });
  afterAll(() => servers.close());

  const run = (script: string, args: readonly string[]): Promise<Report> =>
    new Promise((found, failed) => {
      const child = spawn(process.execPath, ["--no-warnings", join(folder, script), "--json", ...args], {
        env: servers.env,
        stdio: ["ignore", "pipe", "inherit"],
      });
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      child.once("close", (code) => {
        if (text === "") failed(new Error(`${script} ended with ${code} and said nothing`));
        else found(JSON.parse(text) as Report);
      });
    });

  const scripts: readonly (readonly [what: string, script: string, args: string])[] = [
    [
      "engines, nodes and gateways are killed",
      "r1.mjs",
      "--items 900 --batches 6 --kills 15 --workers 1 --baseline 150",
    ],
    ["NATS is stopped and killed", "r2.mjs", "--down 10 --kills 3"],
    ["PostgreSQL is restarted, and answers to COMMIT are lost", "r4.mjs", "--restarts 2 --down 0 --cuts 10"],
    ["the object store is away, slow, and cuts bodies", "r5.mjs", "--seconds 6"],
    ["a node and a gateway stand still", "r8.mjs", "--seconds 8 --gatewaySeconds 33"],
    ["the network is slow, narrow, broken and one-way", "r9.mjs", "--seconds 5"],
    ["an input ends every process that reads it", "r11.mjs", "--items 40 --poisons 1 --repeats 2"],
    ["one key is posted many times at once", "r14.mjs", "--posts 50 --rounds 1"],
  ];

  it.each(scripts)(
    "%s: nothing is lost, doubled or changed",
    async (_what, script, args) => {
      const report = await run(script, args.split(" "));
      expect(report.failures).toEqual([]);
      expect(report.history).toMatchObject({ findings: 0 });
      expect(report.history.acknowledged).toBeGreaterThan(0);
      expect(report.passed).toBe(true);
    },
    scriptMsMax,
  );
});
