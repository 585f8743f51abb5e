// The chest X-ray API, typed: npm run build && IMAGE=chest.jpg node examples/chest-xray.mjs
import { readFile } from "node:fs/promises";
import { createFoveaClient } from "fovea/client";

const { BASE_URL = "http://127.0.0.1:8000", IMAGE = "chest.jpg", API_KEY } = process.env;
const { http } = createFoveaClient({ baseUrl: BASE_URL, apiKey: API_KEY });

/** @template T @param {{ data?: T, error?: unknown }} answer @returns {T} */
const answered = ({ data, error }) => {
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
};

const file = new Blob([await readFile(IMAGE)]);
const { data, disclaimer } = answered(await http.POST("/p/chest/api/predict", { body: { file } }));
console.log(`${data.outcome}: ${data.explanation}`);
for (const { label, probability, assessed } of data.predictions)
  console.log(`  ${label}: ${probability.toFixed(3)}${assessed ? "" : ", not assessed: carries no weight"}`);
const shown = answered(await http.POST("/p/chest/api/explain", { body: { file } })).data;
const { label, class_index } = shown.explained_prediction;
console.log(`heatmap for ${label} (${class_index}): ${shown.heatmap_image.length} characters`);
console.log(`of an image of ${shown.image_info.original_size.join(" by ")} pixels`);
console.log(disclaimer);
