import { readFile } from "node:fs/promises";
import fc from "fast-check";
import ort from "onnxruntime-node";
import { beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../contracts/random.ts";
import { domainModel, learnDomain, similarityTo } from "../domain.ts";
import { headScores } from "../linear-head.ts";
import { halfOf } from "./graph-piece.ts";
import { headModel, lastMapOf } from "./head-model.ts";
import { fieldsOf } from "./protobuf.ts";

const encoderFile = "models/encoders/efficientnet-lite0-int8/encoder.onnx";
const width = 1280;
const random = new Random(3);
const values = (n: number, scale = 1): Float32Array =>
  Float32Array.from({ length: n }, () => random.between(-scale, scale));
const open = (bytes: Uint8Array) => ort.InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 });

describe("halfOf", () => {
  it.each([
    // numpy 2.4: np.float16(x).view(np.uint16)
    [0, 0x0000],
    [1, 0x3c00],
    [-1, 0xbc00],
    [0.1, 0x2e66],
    [0.33325195, 0x3555],
    [1e-5, 0x00a8],
    [6e-8, 0x0001],
    [-2.5e-8, 0x8000],
    [0.99999994, 0x3c00],
  ])("writes %f as numpy does", (value, bits) => expect(halfOf(value)).toBe(bits));
});

describe("fieldsOf", () => {
  it("refuses what is no message instead of reading beyond it", () => {
    expect(() => [...fieldsOf(Uint8Array.of(0x0a, 0x05, 1))]).toThrow(/protobuf/);
    expect(() => [...fieldsOf(new Uint8Array(12).fill(0xff))]).toThrow(/protobuf/);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          for (const { value } of fieldsOf(bytes)) expect(typeof value === "number" || value.length <= 40).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
      }),
    );
  });
});

describe("a head on the encoder", () => {
  let encoder: Buffer;
  beforeAll(async () => {
    encoder = await readFile(encoderFile);
  });

  it("needs an encoder whose embedding is the mean of a map", () => {
    expect(() => lastMapOf(domainModel(learnDomain(values(20 * 8), 8, [..."abcdefghijklmnopqrst"], 1)))).toThrow(
      /mean of a map/,
    );
  });

  it("scores an image as the layer does, alone and in a batch, and its maps add up to the scores", async () => {
    const head = { outputs: 3, width, weights: values(3 * width, 0.1), bias: values(3) };
    const session = await open(headModel(encoder, head, 7));
    const pixels = Uint8Array.from({ length: 4 * 224 * 224 * 3 }, () => random.between(0, 256));
    const run = async (from: number, n: number) => {
      const part = pixels.slice(from * 150_528, (from + n) * 150_528);
      return session.run({ pixels: new ort.Tensor("uint8", part, [n, 224, 224, 3]) });
    };
    const all = await run(0, 4);
    const [logit, cam, embedding] = ["logit", "cam", "embedding"].map((name) => all[name]?.data as Float32Array) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    expect(all["cam"]?.dims).toEqual([4, 3, 7, 7]);
    for (let i = 0; i < 4; i++) {
      const wanted = headScores(head, embedding, i * width);
      const alone = await run(i, 1);
      expect(alone["logit"]?.data).toEqual(logit.subarray(3 * i, 3 * i + 3));
      expect(alone["cam"]?.data).toEqual(cam.subarray(147 * i, 147 * i + 147));
      for (let k = 0; k < 3; k++) {
        expect(logit[3 * i + k]).toBeCloseTo(wanted[k] as number, 3);
        const plane = cam.subarray((3 * i + k) * 49, (3 * i + k + 1) * 49);
        const mean = plane.reduce((sum, each) => sum + each, 0) / 49;
        expect(mean + (head.bias[k] as number)).toBeCloseTo(logit[3 * i + k] as number, 3);
      }
    }
    await session.release();
  });
});

describe("the domain check", () => {
  it("as a model says what the plain sum says, and never counts a group as its own neighbour", async () => {
    const rows = values(40 * width);
    rows.copyWithin(0, width, 2 * width);
    const groups = Array.from({ length: 40 }, (_, i) => (i < 2 ? "twins" : `g${i}`));
    const domain = learnDomain(rows, width, groups, 5);
    expect(Math.max(...domain.similarities)).toBeLessThan(0.5);
    const session = await open(domainModel(domain));
    const asked = values(3 * width);
    const found = await session.run({ embedding: new ort.Tensor("float32", asked, [3, width]) });
    for (let i = 0; i < 3; i++)
      expect((found["similarity"] as ort.Tensor).data[i] as number).toBeCloseTo(
        similarityTo(domain, asked.subarray(i * width, (i + 1) * width)),
        3,
      );
    await session.release();
  });
});
