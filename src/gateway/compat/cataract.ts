import type { CaseSubject } from "../../contracts/index.ts";
import { setCaseHeaders } from "../case-headers.ts";
import { readSubject, readWishes } from "../case-request.ts";
import { answer, type GatewayApp } from "../documented.ts";
import { screenUpload } from "../screen-upload.ts";
import type { GatewayContext, Serving } from "../serving.ts";
import { cataractAnswer } from "./cataract-answer.ts";
import { predictBatch } from "./cataract-batch.ts";
import { readConsent } from "./cataract-consent.ts";
import { createDrift } from "./cataract-drift.ts";
import { type CataractModel, cataractModels, programme, strategyOf } from "./cataract-models.ts";
import { imageFields, replyCataractProblem } from "./cataract-problem.ts";
import { readResults } from "./cataract-results.ts";
import {
  batchRoute,
  driftRoute,
  healthRoute,
  predictRoute,
  resultsRoute,
  systemRoute,
  trainCancelRoute,
  trainingStatusRoute,
  trainRoute,
} from "./cataract-routes.ts";
import { cataractHealth, cataractSystem } from "./cataract-system.ts";
import { cancelTraining, startTraining, trainedModels, trainingStatus } from "./cataract-training.ts";
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
  answer(app, resultsRoute, (c) => readResults(serving, c));
  routeTraining(app, serving);
  const drift = createDrift(serving);
  answer(app, driftRoute, async (c) => {
    deprecate(c, "/metrics");
    return c.json(await drift());
  });
}

function routeTraining(app: GatewayApp, serving: Serving): void {
  for (const model of trainedModels)
    answer(app, trainRoute(model), async (c) => c.json(await startTraining(serving, c, model)));
  answer(app, trainingStatusRoute, async (c) => c.json(await trainingStatus(serving)));
  answer(app, trainCancelRoute, async (c) => c.json(await cancelTraining(serving, c)));
}

async function predict(serving: Serving, c: GatewayContext, model: CataractModel): Promise<Response> {
  deprecate(c, successor);
  const { strategy: wished, ...wishes } = readWishes(c);
  const strategy = strategyOf(model, wished);
  const screened = await screenUpload(serving, c, { programme, imageFields, ...wishes, strategy, subjectOf });
  setCaseHeaders(c, screened);
  c.header("Content-Type", "application/json");
  return c.body(JSON.stringify(cataractAnswer(screened.record, model, screened.totalMs)));
}

/** The native names, and the source's way to write one of them. @throws {Problem} field-invalid */
function subjectOf(fields: Readonly<Record<string, string>>): CaseSubject {
  const { trainingConsent: _, ...others } = fields;
  const consent = readConsent((name) => (Object.hasOwn(fields, name) ? fields[name] : undefined));
  return { ...readSubject(others), ...(consent !== undefined && { trainingConsent: consent }) };
}
