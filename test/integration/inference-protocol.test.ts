import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CaseRecord } from "../../src/contracts/index.ts";
import { drawEye } from "../support/eye.ts";
import { startServer, type TestServer } from "../support/server.ts";

const root = resolve(import.meta.dirname, "../..");
const python = join(root, ".venv-triton/bin/python");
// With CI=true a skipped test is a failure, so a run there has the client or fails.
const installed = existsSync(python) || process.env["CI"] === "true";
const eyes = 3;

interface Told {
  readonly what: string;
  readonly answers?: Readonly<Record<string, unknown[]>>;
  readonly [key: string]: unknown;
}

let server: TestServer;
let folder: string;
let paths: string[];
let native: CaseRecord[];

/** What `tritonclient` of PyPI says, line by line. */
async function askClient(): Promise<Told[]> {
  const script = join(root, "test/support/triton_client.py");
  const address = server.url.replace("http://", "");
  const { stdout } = await promisify(execFile)(python, [script, address, "cataract", ...paths]);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Told);
}

async function screenNatively(image: Buffer): Promise<CaseRecord> {
  const body = new Uint8Array(image);
  const response = await fetch(`${server.url}/v1/programmes/cataract/cases`, { method: "POST", body });
  expect(response.status).toBe(201);
  return (await response.json()) as CaseRecord;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-triton-"));
  server = await startServer();
  await server.ready();
  const images = await Promise.all(Array.from({ length: eyes }, (_, i) => drawEye(i + 1)));
  paths = images.map((_, i) => join(folder, `eye-${i}.jpg`));
  for (const [i, image] of images.entries()) await writeFile(paths[i] as string, image);
  native = [];
  for (const image of images) native.push(await screenNatively(image));
});

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(!installed)("tritonclient, the protocol's own client (scripts/triton-client.sh install)", () => {
  let told: Told[];
  const of = (what: string) => told.filter((each) => each.what === what);

  beforeAll(async () => {
    told = await askClient();
  });

  it("finds the server live and ready, and the model with its tensors", () => {
    expect(of("server")).toMatchObject([
      {
        live: true,
        ready: true,
        modelReady: true,
        versionReady: true,
        server: { name: "fovea" },
        metadata: { name: "cataract", inputs: [{ name: "image", datatype: "BYTES", shape: [1] }] },
        config: { name: "cataract" },
      },
    ]);
  });

  it.each(["json", "binary", "gzip", "deflate"])("gets the native API's decision by %s", (what) => {
    const wanted = native.map(({ decision }) => ({
      outcome: [decision.outcome],
      label: [decision.label],
      probability: [decision.probability],
      probabilities: Object.values(decision.probabilities),
      needs_review: [decision.outcome === "person"],
      reason: [decision.reason],
      stage: [decision.stage],
    }));
    expect(of(what).map(({ answers }) => answers)).toMatchObject(wanted);
  });

  it("gets the most probable class by name", () => {
    for (const [i, { answers }] of of("class").entries()) {
      const probabilities = Object.values(native[i]?.decision.probabilities ?? {});
      const best = probabilities.indexOf(Math.max(...probabilities));
      expect(answers?.["probabilities"]).toEqual([expect.stringMatching(new RegExp(`:${best}:`))]);
    }
  });

  it("finds every inference recorded as a case under the id that it was told", async () => {
    const recorded = new Set((await server.records()).map(({ id }) => id));
    const ids = told.flatMap(({ answers }) => answers?.["case_id"] ?? []);
    expect(ids).toHaveLength(4 * eyes);
    for (const id of ids) expect(recorded).toContain(id);
    // And one of each eye by its class alone, and one by the native API.
    expect(recorded.size).toBe(6 * eyes);
  });

  it("is refused in words where the image is none", () => {
    expect(of("refused")).toEqual([{ what: "refused", message: expect.stringContaining("JPEG"), status: "415" }]);
  });

  it("takes the model out and brings it back", () => {
    expect(of("unloaded")).toMatchObject([{ ready: false }]);
    expect(of("loaded")).toMatchObject([
      {
        ready: true,
        statistics: { model_stats: [{ inference_count: 5 * eyes, inference_stats: { fail: { count: 1 } } }] },
      },
    ]);
  });
});
