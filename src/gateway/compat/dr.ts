import { version } from "../../platform/index.ts";
import { answer, type GatewayApp } from "../documented.ts";
import type { GatewayContext, Serving } from "../serving.ts";
import { drHistory } from "./dr-history.ts";
import { createPatient, listPatients, readPatient } from "./dr-patients.ts";
import { predictDr } from "./dr-predict.ts";
import { replyDrProblem } from "./dr-problem.ts";
import {
  createRoute,
  healthRoute,
  historyRoute,
  listRoute,
  predictRoute,
  readRoute,
  welcomeRoute,
} from "./dr-routes.ts";
import { programme } from "./dr-severity.ts";
import { deprecate, type Profile } from "./profile.ts";

/** The published contract of Clarity in Care, screening for diabetic retinopathy. */
export const drProfile: Profile = {
  id: "dr",
  title: "Clarity in Care",
  programme,
  route,
  refuse: replyDrProblem,
};

function route(app: GatewayApp, serving: Serving): void {
  answer(app, welcomeRoute, (c) => {
    deprecate(c, "/v1/programmes");
    return c.json({ message: "Clarity in Care: diabetic retinopathy", version, docs: "/docs", health: "/health" });
  });
  answer(app, healthRoute, (c) => health(serving, c));
  answer(app, createRoute, (c) => createPatient(serving, c));
  answer(app, readRoute, (c) => readPatient(serving, c));
  answer(app, listRoute, (c) => listPatients(serving, c));
  answer(app, predictRoute, (c) => predictDr(serving, c));
  answer(app, historyRoute, (c) => drHistory(serving, c));
}

async function health(serving: Serving, c: GatewayContext): Promise<Response> {
  deprecate(c, "/readyz");
  const modelLoaded = await serving.warmUp(programme);
  const { ready, reason = "the server is not ready" } = serving.ready();
  const fine = ready && modelLoaded;
  const why = ready ? "the model is not loaded" : reason;
  return c.json({
    status: fine ? "ok" : "degraded",
    version,
    model_loaded: modelLoaded,
    ...(!fine && { reason: why }),
  });
}
