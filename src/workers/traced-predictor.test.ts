import { describe, expect, it } from "vitest";
import { stagesOf } from "./traced-predictor.ts";

const reading = (reader: "fast" | "fine", computeMs: number) => ({ reader, pack: "p", scores: [0], computeMs });

describe("the stages of a task", () => {
  it("are laid from the beginning as far as the decoding, and back from the end from there on", () => {
    const result = { queueMs: 10, decodeMs: 20, batchSize: 2, readings: [reading("fast", 5), reading("fine", 15)] };
    expect(stagesOf(result, 1000, 1100)).toEqual([
      { name: "queue", from: 1000, to: 1010, attributes: {} },
      { name: "decode", from: 1010, to: 1030, attributes: {} },
      { name: "read fast", from: 1060, to: 1070, attributes: { "fovea.compute_ms": 5 } },
      { name: "read fine", from: 1070, to: 1100, attributes: { "fovea.compute_ms": 15 } },
    ]);
  });

  it("have no decoding where the pixels were at hand", () => {
    const result = { queueMs: 1, decodeMs: 0, batchSize: 1, readings: [reading("fine", 4)] };
    expect(stagesOf(result, 0, 6).map(({ name }) => name)).toEqual(["queue", "read fine"]);
  });

  it("never leave the task, whatever the engine's clock says, nor run before what they follow", () => {
    const result = { queueMs: 500, decodeMs: 20, batchSize: 4, readings: [reading("fast", 50), reading("fine", 50)] };
    for (const { from, to } of stagesOf(result, 100, 200)) {
      expect(from).toBeGreaterThanOrEqual(100);
      expect(to).toBeGreaterThanOrEqual(from);
      expect(to).toBeLessThanOrEqual(200);
    }
    const late = stagesOf({ ...result, queueMs: -3, decodeMs: 30 }, 100, 200);
    expect(late.map(({ from, to }) => [from, to])).toEqual([
      [100, 100],
      [100, 130],
      [130, 130],
      [130, 200],
    ]);
  });
});
