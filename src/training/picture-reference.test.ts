import ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { embeddingReferenceSchema } from "../contracts/pack.ts";
import { Random } from "../contracts/random.ts";
import { fitEmbeddingReference, placeOf } from "../ensemble/index.ts";
import { learnReference, projectionModel } from "./picture-reference.ts";

const width = 48;
const limits = {
  ungradable: { luminanceMin: 20, luminanceMax: 240, contrastMin: 8, sharpnessMin: 1 },
  usable: { luminanceMin: 50, luminanceMax: 220, contrastMin: 20, sharpnessMin: 3 },
};
const good = { luminance: 120, contrast: 40, sharpness: 9 };

function images(count: number, perGroup = 1) {
  const random = new Random(17);
  return Array.from({ length: count }, (_, i) => ({
    sha256: i.toString(16).padStart(64, "0"),
    group: `g${Math.floor(i / perGroup)}`,
    // Two views; only the first is what serving sees.
    embeddings: Float32Array.from({ length: 2 * width }, (_, k) => (k < width ? 1 + random.next() : 1e6)),
    quality: i % 10 === 3 ? { ...good, sharpness: 2 } : good,
  }));
}

describe("a reference of pictures", () => {
  it("is left out of a pack with fewer than 200 groups", () => {
    expect(learnReference(images(199), width, limits)).toBeUndefined();
    expect(learnReference(images(600, 6), width, limits)).toBeUndefined();
  });

  it("takes one image of each group, names the poor ones, and is what its schema says", () => {
    const learnt = learnReference(images(600, 2), width, limits);
    const { fitted, heldLengths, poor } = embeddingReferenceSchema.parse(JSON.parse(JSON.stringify(learnt?.record)));
    expect(fitted + heldLengths.length).toBe(300);
    expect([...heldLengths].sort((one, other) => one - other)).toEqual(heldLengths);
    expect(poor).toHaveLength(60);
  });

  it("leads as a model to the very places that it was measured with", async () => {
    const rows = images(240).map(({ embeddings }) => embeddings.subarray(0, width));
    const { projection } = fitEmbeddingReference(rows);
    const session = await ort.InferenceSession.create(projectionModel(projection), {
      intraOpNumThreads: 1,
      logSeverityLevel: 3,
    });
    const asked = Float32Array.from([
      ...(rows[0] as Float32Array),
      ...(rows[7] as Float32Array).map((value) => 3 * value),
    ]);
    const { place } = await session.run({ embedding: new ort.Tensor("float32", asked, [2, width]) });
    const found = place?.data as Float32Array;
    const expected = [0, 7].flatMap((i) => [...placeOf(rows[i] as Float32Array, projection)]);
    expect(place?.dims).toEqual([2, projection.components]);
    for (const [k, value] of expected.entries()) expect(Math.abs((found[k] as number) - value)).toBeLessThan(0.02);
    await session.release();
  });
});
