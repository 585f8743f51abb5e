import { Problem, type Strategy } from "../../contracts/index.ts";

/** The programme that answers for the source system. */
export const programme = "cataract";

/** Which model of the source an endpoint stands for: its CLIP network, its boosted trees, or both. */
export const cataractModels = ["clip", "lgbm", "ensemble"] as const;
export type CataractModel = (typeof cataractModels)[number];

/** The source's ensemble is the plain mean of both. */
const strategies: Readonly<Record<CataractModel, Strategy>> = { clip: "fine", lgbm: "fast", ensemble: "mean" };

/**
 * An endpoint that names one model has one strategy; the ensemble may be asked to cascade.
 * @throws {Problem} field-invalid
 */
export function strategyOf(model: CataractModel, wished: Strategy | undefined): Strategy {
  const own = strategies[model];
  if (wished === undefined || wished === own || (model === "ensemble" && wished === "cascade")) return wished ?? own;
  throw new Problem("field-invalid", { detail: `strategy: ${model} is not read by ${wished}` });
}
