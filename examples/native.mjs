// Fovea's own API through the typed client: npm run build && IMAGE=eye.jpg node examples/native.mjs
import { readFile } from "node:fs/promises";
import { createFoveaClient, FoveaProblem } from "fovea/client";

const { BASE_URL = "http://127.0.0.1:8000", IMAGE = "eye.jpg", API_KEY } = process.env;
const fovea = createFoveaClient({ baseUrl: BASE_URL, apiKey: API_KEY });
const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(1)} %`;

const { id, decision, readings, disclaimer } = await fovea.screen("cataract", await readFile(IMAGE), {
  laterality: "left",
});
console.log(`${decision.outcome}: ${decision.label} ${percent(decision.probability)}. ${decision.explanation}`);
for (const { reader, pack, probabilities } of readings)
  console.log(`  ${reader} ${pack}: cataract ${percent(probabilities["cataract"] ?? 0)}`);

try {
  const heatmap = await fovea.heatmapOf(id);
  console.log(`heatmap: ${heatmap.size} bytes, ${heatmap.type}`);
} catch (error) {
  // Where the fast reader was sure, the fine one may have no map.
  if (!(error instanceof FoveaProblem) || error.code !== "heatmap-unavailable") throw error;
  console.log(`heatmap: ${error.message}`);
}

let shown = 0;
for await (const each of fovea.cases({ programme: "cataract", limit: 3 })) {
  console.log(`${each.createdAt} ${each.id} ${each.decision.outcome}`);
  if (++shown === 3) break;
}
console.log(disclaimer);
