import { setCaseHeaders } from "../case-headers.ts";
import { readWishes } from "../case-request.ts";
import { answer, type GatewayApp } from "../documented.ts";
import { screenUpload } from "../screen-upload.ts";
import type { GatewayContext, Serving } from "../serving.ts";
import { cataractAnswer } from "./cataract-answer.ts";
import { predictBatch } from "./cataract-batch.ts";
import { type CataractModel, cataractModels, programme, strategyOf } from "./cataract-models.ts";
import { cataractMount, imageFields } from "./cataract-problem.ts";
import { batchRoute, healthRoute, predictRoute, systemRoute } from "./cataract-routes.ts";
import { cataractHealth, cataractSystem } from "./cataract-system.ts";

/** 2026-01-01, as RFC 9745 writes it: since then there is something better. */
const deprecatedSince = "@1767225600";

/** The published contract of the cataract screening server, at its old paths and under the programme's mount. */
export function routeCataract(app: GatewayApp, serving: Serving): void {
  for (const mount of ["", cataractMount]) {
    answer(app, healthRoute(mount), async (c) => {
      deprecate(c, "/readyz");
      return c.json(await cataractHealth(serving));
    });
    answer(app, systemRoute(mount), async (c) => {
      deprecate(c, "/readyz");
      return c.json(await cataractSystem(serving));
    });
    for (const model of cataractModels) answer(app, predictRoute(mount, model), (c) => predict(serving, c, model));
    answer(app, batchRoute(mount), (c) => {
      deprecate(c);
      return predictBatch(serving, c);
    });
  }
}

async function predict(serving: Serving, c: GatewayContext, model: CataractModel): Promise<Response> {
  deprecate(c);
  const { strategy: wished, ...wishes } = readWishes(c);
  const strategy = strategyOf(model, wished);
  const screened = await screenUpload(serving, c, { programme, imageFields, ...wishes, strategy });
  setCaseHeaders(c, screened);
  c.header("Content-Type", "application/json");
  return c.body(JSON.stringify(cataractAnswer(screened.record, model, screened.totalMs)));
}

function deprecate(c: GatewayContext, successor = `/v1/programmes/${programme}/cases`): void {
  c.header("Deprecation", deprecatedSince);
  c.header("Link", `<${successor}>; rel="successor-version"`);
}
