#!/usr/bin/env node
import { defineCommand, runMain } from "citty";
import { version } from "../platform/index.ts";

// Commands are loaded when they are called, so that `fovea --help` starts no engine.
const fovea = defineCommand({
  meta: {
    name: "fovea",
    version,
    description: "Reads medical screening images: a fast reader, a fine reader, and people for what stays uncertain.",
  },
  subCommands: {
    serve: () => import("./commands/serve.ts").then((module) => module.serve),
    node: () => import("./commands/node.ts").then((module) => module.node),
    predict: () => import("./commands/predict.ts").then((module) => module.predict),
    batch: () => import("./commands/batch.ts").then((module) => module.batch),
    labels: () => import("./commands/labels.ts").then((module) => module.labels),
    drift: () => import("./commands/drift.ts").then((module) => module.drift),
    evaluate: () => import("./commands/evaluate.ts").then((module) => module.evaluate),
    train: () => import("./commands/train.ts").then((module) => module.train),
    models: () => import("./commands/models.ts").then((module) => module.models),
    migrate: () => import("./commands/migrate.ts").then((module) => module.migrate),
    audit: () => import("./commands/audit.ts").then((module) => module.audit),
    simulate: () => import("./commands/simulate.ts").then((module) => module.simulate),
    loadtest: () => import("./commands/loadtest.ts").then((module) => module.loadtest),
    doctor: () => import("./commands/doctor.ts").then((module) => module.doctor),
  },
});

await runMain(fovea);
