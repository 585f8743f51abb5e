// Writes docs/openapi.json, docs/problems.md, docs/settings.md and the figures of README.md. The unit tests hold them against their source.
import { readFile, writeFile } from "node:fs/promises";
import { LinkSigner } from "../dist/access/index.js";
import { createApp, openApiDocument, problemMarkdown } from "../dist/gateway/index.js";
import { createLog, createMetrics, readConfig, settings, systemClock } from "../dist/platform/index.js";
import { clientTypes } from "./client-types.mjs";
import { figuresTable, withFigures } from "./figures-table.mjs";
import { programmesTable, withProgrammes } from "./programmes-table.mjs";
import { settingsMarkdown } from "./settings-table.mjs";

const absent = () => Promise.reject(new Error("documents need no cases"));
const app = createApp({
  config: readConfig({}),
  log: createLog("silent", "generate-docs"),
  metrics: createMetrics(),
  clock: systemClock,
  programmes: { programmes: new Map() },
  predictor: { predict: absent, status: absent },
  cases: {
    recordCase: absent,
    findClaimed: absent,
    getCase: absent,
    listCases: absent,
    recordAccess: absent,
    verifyAudit: absent,
  },
  links: new LinkSigner("nothing is signed while documents are made"),
  objects: { putObject: absent, getObject: absent },
  batches: {},
  newCaseId: () => "",
  ready: () => ({ ready: false }),
  draining: () => false,
});
const document = openApiDocument(app);
await writeFile(new URL("../docs/openapi.json", import.meta.url), `${JSON.stringify(document, undefined, 2)}\n`);
await writeFile(new URL("../src/client/schema.ts", import.meta.url), await clientTypes(document));
await writeFile(new URL("../docs/problems.md", import.meta.url), problemMarkdown());
await writeFile(new URL("../docs/settings.md", import.meta.url), settingsMarkdown(settings));
const readme = new URL("../README.md", import.meta.url);
const table = await figuresTable(new URL("../models/", import.meta.url));
const programmes = await programmesTable(new URL("../models/", import.meta.url));
await writeFile(readme, withProgrammes(withFigures(await readFile(readme, "utf8"), table), programmes));
console.log(
  `docs/openapi.json: ${Object.keys(document.paths).length} paths; src/client/schema.ts; docs/problems.md; README.md: figures`,
);
