// grafana/dashboards from scripts/dashboard-panels.mjs: node scripts/generate-dashboards.mjs
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { dashboardFiles } from "./grafana-model.mjs";

const folder = join(resolve(import.meta.dirname, ".."), "grafana/dashboards");
for (const [name, text] of dashboardFiles()) await writeFile(join(folder, name), text);
