import { OpenAPIHono } from "@hono/zod-openapi";
import { Problem } from "../contracts/index.ts";
import { allowedMethods } from "./allowed-methods.ts";
import { routeEyeSockets } from "./compat/eye-socket.ts";
import { routeProfileDocuments } from "./compat/profile-documents.ts";
import { sourceSystems } from "./compat/profiles.ts";
import { createPathResolver } from "./compat/resolve-path.ts";
import { routeSharedPaths } from "./compat/shared-paths.ts";
import type { GatewayApp } from "./documented.ts";
import { createErrorHandler } from "./error-handler.ts";
import { routeInferenceProtocol } from "./inference-protocol/routes.ts";
import { accessLog } from "./middleware/access-log.ts";
import { allowedOrigins } from "./middleware/allowed-origins.ts";
import { clientSignal } from "./middleware/client-signal.ts";
import { keyNeeded } from "./middleware/key-needed.ts";
import { rateLimit } from "./middleware/rate-limit.ts";
import { requestId } from "./middleware/request-id.ts";
import { requestMetrics } from "./middleware/request-metrics.ts";
import { securityHeaders } from "./middleware/security-headers.ts";
import { traceRequests } from "./middleware/trace-requests.ts";
import { routeBatches } from "./routes/batches.ts";
import { routeCaseRecords } from "./routes/case-records.ts";
import { routeCases } from "./routes/cases.ts";
import { routeDocuments } from "./routes/documents.ts";
import { routeDrift } from "./routes/drift.ts";
import { routeEvents } from "./routes/events.ts";
import { routeLabels } from "./routes/labels.ts";
import { routeMetrics } from "./routes/metrics.ts";
import { routeNodes } from "./routes/nodes.ts";
import { routeNotifications } from "./routes/notifications.ts";
import { routeOps } from "./routes/ops.ts";
import { routePersons } from "./routes/persons.ts";
import { routeProbes } from "./routes/probes.ts";
import { routeProgrammes } from "./routes/programmes.ts";
import { routeQueues } from "./routes/queues.ts";
import { createServing, type GatewayDeps, type GatewayEnv } from "./serving.ts";

/** Every route behind every middleware. `app.request()` answers without a socket. */
export function createApp(deps: GatewayDeps): GatewayApp {
  const serving = createServing(deps);
  const app: GatewayApp = new OpenAPIHono<GatewayEnv>({ getPath: createPathResolver(deps.config) });
  app.use(
    requestId(),
    traceRequests(serving),
    accessLog(serving),
    requestMetrics(serving),
    securityHeaders(),
    ...allowedOrigins(deps.config),
    clientSignal(),
    ...rateLimit(serving, "address"),
    keyNeeded(serving),
    ...rateLimit(serving, "key"),
  );
  routeProgrammes(app, serving);
  routeCases(app, serving);
  routeCaseRecords(app, serving);
  routeBatches(app, serving);
  routeInferenceProtocol(app, serving);
  routeProbes(app, serving);
  routeMetrics(app, serving);
  routeNodes(app, serving);
  routeDrift(app, serving);
  routeLabels(app, serving);
  routeOps(app, serving);
  routeQueues(app, serving);
  routeSharedPaths(app, serving);
  routeEvents(app, serving);
  routePersons(app, serving);
  routeNotifications(app, serving);
  // Before the paths of the same mount that hold an id, which would match.
  routeEyeSockets(app, serving);
  for (const profile of sourceSystems) {
    profile.route(app, serving);
    routeProfileDocuments(app, profile);
  }
  routeDocuments(app, serving);
  app.notFound((c) => {
    const methods = allowedMethods(app.routes, c.req.path);
    if (methods.length === 0) throw new Problem("route-not-found");
    c.header("Allow", methods.join(", "));
    throw new Problem("method-not-allowed", { detail: `This route answers to ${methods.join(", ")}.` });
  });
  app.onError(createErrorHandler(serving));
  return app;
}
