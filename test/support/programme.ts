import type {
  InstalledReader,
  MissingProgramme,
  Programme,
  ProgrammeCatalog,
  VerifiedFile,
} from "../../src/contracts/index.ts";

const digest = (letter: string): string => letter.repeat(64);
const file: VerifiedFile = { path: "/nowhere/model.onnx", sha256: digest("f"), bytes: 1 };

function network(): Extract<InstalledReader["load"], { kind: "fine" }>["network"] {
  return {
    file,
    network: {
      file: "model.onnx",
      input: {
        name: "pixels",
        type: "uint8",
        layout: "nhwc",
        width: 224,
        height: 224,
        fit: "squash",
        kernel: "cubic",
        prepare: "none",
      },
      outputs: { logit: [1] },
      precision: "int8",
      batchMax: 8,
    },
  };
}

const calibration: InstalledReader["calibration"] = {
  method: "platt",
  slope: 1,
  intercept: 0,
  fittedOn: { what: "nothing", images: 0, positives: 0 },
};

/** The cataract programme as a catalogue holds it, with packs that exist on paper only. */
export const cataract: Programme = {
  manifest: {
    format: 1,
    id: "cataract",
    title: "Cataract",
    description: "External photographs of one eye, read for cataract.",
    labels: ["normal", "cataract"],
    task: "binary",
    positive: ["cataract"],
    aliases: {},
    prepare: "none",
    views: ["external-eye"],
    readers: { fast: "cataract/fast-0", fine: "cataract/fine-0" },
    cascade: "cataract/cascade-0",
    quality: {
      ungradable: { luminanceMin: 8, luminanceMax: 247, contrastMin: 4, sharpnessMin: 0.5 },
      usable: { luminanceMin: 25, luminanceMax: 230, contrastMin: 15, sharpnessMin: 5 },
    },
  },
  fast: {
    id: "cataract/fast-0",
    digest: digest("a"),
    calibration,
    load: {
      kind: "fast",
      digest: digest("a"),
      id: "cataract/fast-0",
      encoder: network(),
      trees: { ...file, features: 4 },
      outputs: 1,
    },
  },
  fine: {
    id: "cataract/fine-0",
    digest: digest("b"),
    calibration,
    load: { kind: "fine", digest: digest("b"), id: "cataract/fine-0", network: network(), outputs: 1 },
  },
  band: {
    format: 1,
    pack: "cataract/cascade-0",
    digest: digest("c"),
    lo: 0.2,
    hi: 0.8,
    a: 0.4,
    b: 0.6,
    fuse: { w0: 0, w1: 0.5, w2: 0.5 },
    target: { missRate: 0.01, falsePositiveRate: 0.1, confidence: 0.95 },
    certificate: {
      certified: false,
      method: "none",
      positives: 10,
      misses: 0,
      negatives: 10,
      falsePositives: 0,
      neededPositives: 299,
      provableMissRate: 0.26,
      provableFalsePositiveRate: 0.26,
      reason: "10 positives prove a miss rate of 0.26 at best",
    },
  },
};

/** One programme that answers and one whose pack is absent. */
export const catalog: ProgrammeCatalog = {
  programmes: new Map<string, Programme | MissingProgramme>([
    ["cataract", cataract],
    [
      "chest-xray",
      {
        manifest: { ...cataract.manifest, id: "chest-xray", title: "Chest X-ray" },
        missing: "pack chest-xray/fast-1 is not installed",
      },
    ],
  ]),
};
