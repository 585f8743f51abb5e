// The hallux valgus API, typed: npm run build && IMAGE=foot.jpg node examples/hallux-valgus.mjs
import { readFile } from "node:fs/promises";
import { createFoveaClient } from "fovea/client";

const { BASE_URL = "http://127.0.0.1:8000", IMAGE = "foot.jpg", API_KEY } = process.env;
const { http } = createFoveaClient({ baseUrl: BASE_URL, apiKey: API_KEY });

/** @template T @param {{ data?: T, error?: unknown }} answer @returns {T} */
const answered = ({ data, error }) => {
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
};

const { performance, evaluation } = answered(await http.GET("/p/hallux/model_info"));
console.log(`accuracy ${performance.overall_accuracy}, measured on ${evaluation.data?.images ?? 0} images`);
const image = new Blob([await readFile(IMAGE)]);
const foot = answered(await http.POST("/p/hallux/predict", { body: { image } }));
console.log(`${foot.outcome}: ${foot.explanation}`);
console.log(`${foot.prediction}, confidence ${foot.confidence} of 100`);
for (const [label, share] of Object.entries(foot.probabilities)) console.log(`  ${label}: ${share}`);
console.log(foot.disclaimer);
