import { isProblem } from "../../contracts/index.ts";
import { version as serverVersion } from "../../platform/index.ts";
import { answer, type GatewayApp } from "../documented.ts";
import type { GatewayContext, Serving } from "../serving.ts";
import { receiveJson } from "../upload.ts";
import { documents } from "./documents.ts";
import { infer } from "./infer.ts";
import { invalid } from "./read-infer-request.ts";
import { ModelRepository } from "./repository.ts";
import { repositoryRequestSchema } from "./schemas.ts";
import { configOf, metadataOf, type ServedModel, servedModel, servedModels } from "./served-models.ts";
import { InferenceStatistics } from "./statistics.ts";

/** Only what works is listed. */
const extensions = [
  "binary_tensor_data",
  "classification",
  "model_configuration",
  "model_repository",
  "parameters",
  "statistics",
];
/** What a load or an index may say. */
const repositoryBytesMax = 16_384;

/**
 * The Open Inference Protocol, version 2, over HTTP: a model for each programme, its answer the native API's decision.
 * https://github.com/kserve/open-inference-protocol
 */
export function routeInferenceProtocol(app: GatewayApp, serving: Serving): void {
  const statistics = new InferenceStatistics();
  const repository = new ModelRepository(serving);
  routeServer(app, serving, statistics);
  routeRepository(app, serving, repository);
  const modelOf = (c: GatewayContext) => servedModel(serving, c.req.param("model") ?? "", c.req.param("version"));
  for (const route of documents.metadata) answer(app, route, (c) => c.json(metadataOf(modelOf(c))));
  for (const route of documents.config) answer(app, route, (c) => c.json(configOf(modelOf(c))));
  for (const route of documents.statistics)
    answer(app, route, (c) => c.json({ model_stats: [statistics.of(modelOf(c))] }));
  for (const route of documents.modelReady) answer(app, route, (c) => modelReady(c, repository, modelOf(c)));
  for (const route of documents.infer)
    answer(app, route, (c) => {
      const model = modelOf(c);
      repository.checkLoaded(model);
      return infer(serving, c, model, statistics);
    });
}

function routeServer(app: GatewayApp, serving: Serving, statistics: InferenceStatistics): void {
  const server = (c: GatewayContext) => c.json({ name: "fovea", version: serverVersion, extensions });
  answer(app, documents.server, server);
  app.get("/v2/", server);
  answer(app, documents.live, (c) => c.json({ live: true }));
  answer(app, documents.ready, (c) => {
    const { ready, reason } = serving.ready();
    if (ready) return c.json({ ready, live: true });
    c.header("Retry-After", "1");
    return c.json({ ready, live: true, error: reason ?? "not ready" }, 503);
  });
  answer(app, documents.models, (c) => c.json({ models: servedModels(serving).map(({ name }) => name) }));
  answer(app, documents.allStatistics, (c) =>
    c.json({ model_stats: servedModels(serving).map((model) => statistics.of(model)) }),
  );
}

function routeRepository(app: GatewayApp, serving: Serving, repository: ModelRepository): void {
  answer(app, documents.index, async (c) => {
    const { ready } = await readRequest(serving, c);
    const models = await repository.index();
    return c.json(ready === true ? models.filter(({ state }) => state === "READY") : models);
  });
  answer(app, documents.load, async (c) => {
    const model = servedModel(serving, c.req.param("model") ?? "");
    const { parameters = {} } = await readRequest(serving, c);
    // A configuration or files that a caller sends would be another model under a known name.
    const [unknown] = Object.keys(parameters);
    if (unknown !== undefined)
      throw invalid({ name: unknown.slice(0, 64), message: "a model is loaded as it is installed" });
    await repository.load(model);
    return c.json({ name: model.name, load: true });
  });
  answer(app, documents.unload, async (c) => {
    const model = servedModel(serving, c.req.param("model") ?? "");
    await readRequest(serving, c);
    repository.unload(model);
    return c.json({ name: model.name, unload: true });
  });
}

/** The protocol's shape while it is not: a probe wants to know of whom, and why. */
async function modelReady(c: GatewayContext, repository: ModelRepository, model: ServedModel): Promise<Response> {
  const { name } = model;
  try {
    await repository.checkReady(model);
    return c.json({ name, ready: true });
  } catch (error) {
    if (!isProblem(error)) throw error;
    c.header("Retry-After", "1");
    return c.json({ name, ready: false, error: error.detail ?? error.spec.title, code: error.code }, 503);
  }
}

async function readRequest(serving: Pick<Serving, "budget">, c: GatewayContext) {
  const parsed = repositoryRequestSchema.safeParse(await receiveJson(serving, c, { bytesMax: repositoryBytesMax }));
  if (parsed.success) return parsed.data;
  throw invalid(...parsed.error.issues.map(({ path, message }) => ({ name: path.join("."), message })));
}
