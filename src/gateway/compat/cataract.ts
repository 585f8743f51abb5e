import { setCaseHeaders } from "../case-headers.ts";
import { readWishes } from "../case-request.ts";
import { answer, type GatewayApp } from "../documented.ts";
import { screenUpload } from "../screen-upload.ts";
import type { GatewayContext, Serving } from "../serving.ts";
import { cataractAnswer } from "./cataract-answer.ts";
import { predictBatch } from "./cataract-batch.ts";
import { type CataractModel, cataractModels, programme, strategyOf } from "./cataract-models.ts";
import { imageFields, replyCataractProblem } from "./cataract-problem.ts";
import { batchRoute, healthRoute, predictRoute, systemRoute } from "./cataract-routes.ts";
import { cataractHealth, cataractSystem } from "./cataract-system.ts";
import { deprecate, type Profile } from "./profile.ts";

/** The published contract of the cataract screening server. */
export const cataractProfile: Profile = {
  id: "cataract",
  title: "Cataract screening",
  programme,
  route,
  refuse: replyCataractProblem,
};

const successor = `/v1/programmes/${programme}/cases`;

function route(app: GatewayApp, serving: Serving): void {
  answer(app, healthRoute, async (c) => {
    deprecate(c, "/readyz");
    return c.json(await cataractHealth(serving));
  });
  answer(app, systemRoute, async (c) => {
    deprecate(c, "/readyz");
    return c.json(await cataractSystem(serving));
  });
  for (const model of cataractModels) answer(app, predictRoute(model), (c) => predict(serving, c, model));
  answer(app, batchRoute, (c) => {
    deprecate(c, successor);
    return predictBatch(serving, c);
  });
}

async function predict(serving: Serving, c: GatewayContext, model: CataractModel): Promise<Response> {
  deprecate(c, successor);
  const { strategy: wished, ...wishes } = readWishes(c);
  const strategy = strategyOf(model, wished);
  const screened = await screenUpload(serving, c, { programme, imageFields, ...wishes, strategy });
  setCaseHeaders(c, screened);
  c.header("Content-Type", "application/json");
  return c.body(JSON.stringify(cataractAnswer(screened.record, model, screened.totalMs)));
}
