import ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { madePicture, proofOf } from "./proof.ts";
import type { LoadedReader } from "./sessions.ts";

const readerOf = (outputs: Record<string, number[]>) =>
  ({
    input: { width: 16, height: 24 },
    outputs: async () =>
      Object.fromEntries(
        Object.entries(outputs).map(([name, values]) => [name, new ort.Tensor("float32", Float32Array.from(values))]),
      ),
  }) as unknown as LoadedReader;

describe("a proof", () => {
  it("is of the same made picture wherever it is made, and of another for another number", () => {
    const picture = madePicture(3, 16, 24);
    expect(picture).toHaveLength(3 * 16 * 24);
    expect(madePicture(3, 16, 24)).toEqual(picture);
    expect(madePicture(4, 16, 24)).not.toEqual(picture);
    expect(new Set(picture).size, "with grain").toBeGreaterThan(50);
  });

  it("tells the last bit of any output", async () => {
    const reference = await proofOf(readerOf({ logit: [1.5], cam: [1, 2, 3] }), 0);
    expect(await proofOf(readerOf({ cam: [1, 2, 3], logit: [1.5] }), 0)).toBe(reference);
    expect(await proofOf(readerOf({ logit: [1.5], cam: [1, 2, 3 + 2 ** -22] }), 0)).not.toBe(reference);
    expect(await proofOf(readerOf({ logit: [1.5, 1], cam: [2, 3] }), 0)).not.toBe(reference);
  });

  it("needs numbers", async () => {
    const words = { input: { width: 4, height: 4 }, outputs: async () => ({ logit: { data: ["a"] } }) };
    await expect(proofOf(words as unknown as LoadedReader, 0)).rejects.toThrow(TypeError);
  });
});
