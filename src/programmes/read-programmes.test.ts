import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readProgrammes } from "./read-programmes.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const network = (file: string, outputs: Record<string, number[]>) => ({
  file,
  input: { name: "pixels", type: "uint8", layout: "nhwc", width: 224, height: 224, fit: "squash", kernel: "cubic" },
  outputs,
  precision: "int8-static",
  batchMax: 8,
});
const labelled = { labels: ["normal", "cataract"], positive: "cataract" };
const calibration = { slope: 1, intercept: 0, method: "platt", fittedOn: { what: "test", images: 3, positives: 1 } };
const floor = { luminanceMin: 0, luminanceMax: 255, contrastMin: 0, sharpnessMin: 0 };
const certificate = {
  certified: false,
  method: "fixed-sequence learn-then-test",
  positives: 16,
  misses: 0,
  negatives: 33,
  falsePositives: 0,
  neededPositives: 59,
  provableMissRate: 1 - 0.05 ** (1 / 16),
  provableFalsePositiveRate: 1 - 0.05 ** (1 / 33),
  reason: "too few positives",
};
const band = {
  format: 1,
  lo: 0.1,
  hi: 0.9,
  a: 0.2,
  b: 0.8,
  fuse: { w0: 0, w1: 0, w2: 1 },
  target: { missRate: 0.05, falsePositiveRate: 0.05, confidence: 0.95 },
  certificate,
};

describe("readProgrammes", () => {
  let folder: string;
  const put = async (path: string, text: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  /** A pack as the recipe writes it: every file by size and SHA-256. */
  const putPack = async (id: string, manifest: object, files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) await put(join(id, name), text);
    const listed = Object.fromEntries(
      Object.entries(files).map(([name, text]) => [name, { sha256: sha256(text), bytes: Buffer.byteLength(text) }]),
    );
    const common = {
      format: 1,
      id,
      version: "1",
      title: id,
      licence: "test",
      trained: { recipe: "none", createdAt: "now" },
    };
    await put(join(id, "manifest.json"), JSON.stringify({ ...common, ...manifest, files: listed }));
  };
  const install = async () => {
    await put(
      "cataract/programme.json",
      JSON.stringify({
        format: 1,
        id: "cataract",
        title: "Cataract",
        description: "",
        ...labelled,
        views: [],
        readers: { fast: "cataract/fast-1", fine: "cataract/fine-1" },
        cascade: "cataract/cascade-1",
        quality: { ungradable: floor, usable: floor },
      }),
    );
    await putPack(
      "encoders/tiny",
      { kind: "encoder", network: network("e.onnx", { embedding: [4] }) },
      { "e.onnx": "E" },
    );
    const fast = {
      kind: "fast",
      ...labelled,
      encoder: "encoders/tiny",
      encoderSha256: sha256("E"),
      trees: { file: "trees.txt", features: 4 },
      calibration: { file: "calibration.json" },
    };
    await putPack("cataract/fast-1", fast, { "trees.txt": "T", "calibration.json": JSON.stringify(calibration) });
    const fine = {
      kind: "fine",
      ...labelled,
      network: network("f.onnx", { logit: [1] }),
      calibration: { file: "calibration.json" },
    };
    await putPack("cataract/fine-1", fine, { "f.onnx": "F", "calibration.json": JSON.stringify(calibration) });
    await putPack("cataract/cascade-1", { kind: "cascade", ...labelled }, { "band.json": JSON.stringify(band) });
  };
  const cataract = async () => (await readProgrammes(folder)).programmes.get("cataract");

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "fovea-models-"));
    await install();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("installs a programme and names each pack by the digest of its manifest", async () => {
    const programme = await cataract();
    expect(programme).toMatchObject({ fast: { id: "cataract/fast-1" }, fine: { id: "cataract/fine-1" } });
    if (programme === undefined || "missing" in programme) throw new Error("not installed");
    expect(programme.fast.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(programme.fast.load).toMatchObject({ kind: "fast", trees: { sha256: sha256("T"), features: 4 } });
    expect(programme.band.pack).toBe("cataract/cascade-1");
  });

  it.each([
    ["a pack is absent", () => rm(join(folder, "cataract/fine-1"), { recursive: true }), /fine-1 is not installed/],
    ["a model file has another size", () => put("cataract/fine-1/f.onnx", "FF"), /2 bytes, 1 expected/],
    [
      "a calibration was altered",
      () => put("cataract/fast-1/calibration.json", JSON.stringify({ ...calibration, slope: 2 })),
      /SHA-256/,
    ],
    [
      "the encoder is another one",
      () => putPack("encoders/tiny", { kind: "encoder", network: network("e.onnx", {}) }, { "e.onnx": "X" }),
      /another encoder/,
    ],
    [
      "a band calls itself certified without the counts",
      () =>
        putPack(
          "cataract/cascade-1",
          { kind: "cascade", ...labelled },
          {
            "band.json": JSON.stringify({ ...band, certificate: { ...certificate, certified: true } }),
          },
        ),
      /do not prove/,
    ],
    [
      "a band states a better bound than its counts prove",
      () =>
        putPack(
          "cataract/cascade-1",
          { kind: "cascade", ...labelled },
          {
            "band.json": JSON.stringify({ ...band, certificate: { ...certificate, provableMissRate: 0.01 } }),
          },
        ),
      /other bounds/,
    ],
    [
      "a pack speaks of other labels",
      () =>
        putPack("cataract/cascade-1", { kind: "cascade", labels: ["a", "b"], positive: "b" }, { "band.json": "{}" }),
      /other labels/,
    ],
  ])("keeps the programme, but refuses to answer, when %s", async (_, break_, reason) => {
    await break_();
    expect(await cataract()).toMatchObject({ missing: expect.stringMatching(reason) as string });
  });

  it("stops the start when a programme.json is not what it should be", async () => {
    await put("cataract/programme.json", JSON.stringify({ format: 1, id: "cataract" }));
    await expect(readProgrammes(folder)).rejects.toThrow(/programme\.json/);
  });

  it("stops the start when MODELS_DIR is not there", async () => {
    await expect(readProgrammes(join(folder, "nowhere"))).rejects.toThrow(/cannot be read/);
  });
});
