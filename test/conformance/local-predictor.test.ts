import { describe, expect, it } from "vitest";
import { LocalPredictor } from "../../dist/workers/index.js";
import { drawEye } from "../support/eye.ts";
import { cataract, engineOptions, packsOf, taskOf } from "../support/predictor-tasks.ts";
import { describePredictor } from "./predictor.ts";

describePredictor("the local engine", async () => {
  const programme = await cataract();
  const predictor = new LocalPredictor(engineOptions(packsOf(programme)));
  await predictor.start();
  return { predictor, programme, close: () => predictor.drain(10_000) };
});

describe("packs for later", () => {
  it("count as loaded once they are warmed, while others are read", async () => {
    const programme = await cataract();
    const packs = packsOf(programme);
    const { digest } = programme.fine;
    const predictor = new LocalPredictor({ ...engineOptions(packs), later: [digest] });
    await predictor.start();
    try {
      expect((await predictor.status()).packs).not.toContain(digest);
      const task = taskOf(await drawEye(7), [programme.fast.digest]);
      const reading = predictor.predict(task, new AbortController().signal);
      const [result] = await Promise.all([reading, predictor.warm([digest])]);
      expect(result.readings).toHaveLength(1);
      expect((await predictor.status()).packs).toContain(digest);
    } finally {
      await predictor.drain(10_000);
    }
  });
});
