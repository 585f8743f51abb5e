// The cataract API, typed: npm run build && IMAGE=eye.jpg node examples/cataract.mjs
import { readFile } from "node:fs/promises";
import { createFoveaClient } from "fovea/client";

const { BASE_URL = "http://127.0.0.1:8000", IMAGE = "eye.jpg", API_KEY } = process.env;
const { http } = createFoveaClient({ baseUrl: BASE_URL, apiKey: API_KEY });

/** @template T @param {{ data?: T, error?: unknown }} answer @returns {T} */
const answered = ({ data, error }) => {
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
};

const image = new Blob([await readFile(IMAGE)]);
const eye = answered(await http.POST("/p/cataract/predict_ensemble", { body: { image } }));
console.log(`${eye.outcome}: ${eye.explanation}`);
console.log(`${eye.prediction}, confidence ${eye.confidence.toFixed(3)} of 1, by ${eye.model_used}`);
const batch = answered(await http.POST("/p/cataract/predict_batch", { body: { images: [image, image] } }));
const { cataract_predictions, normal_predictions } = batch.summary;
console.log(`${batch.total_images} images: ${cataract_predictions} cataract, ${normal_predictions} normal`);
const { drift_score, n, message } = answered(await http.GET("/p/cataract/drift_status"));
console.log(`drift ${drift_score.toFixed(3)} over ${n} cases. ${message}`);
console.log(eye.disclaimer);
