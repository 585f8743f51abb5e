import { LocalPredictor } from "../../dist/workers/index.js";
import { cataract, engineOptions, packsOf } from "../support/predictor-tasks.ts";
import { describePredictor } from "./predictor.ts";

describePredictor("the local engine", async () => {
  const programme = await cataract();
  const predictor = new LocalPredictor(engineOptions(packsOf(programme)));
  await predictor.start();
  return { predictor, programme, close: () => predictor.drain(10_000) };
});
