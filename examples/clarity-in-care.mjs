// Clarity in Care's endpoints, typed: npm run build && IMAGE=fundus.jpg node examples/clarity-in-care.mjs
import { readFile } from "node:fs/promises";
import { createFoveaClient } from "fovea/client";

const { BASE_URL = "http://127.0.0.1:8000", IMAGE = "fundus.jpg", API_KEY } = process.env;
const { http } = createFoveaClient({ baseUrl: BASE_URL, apiKey: API_KEY });

/** @template T @param {{ data?: T, error?: unknown }} answer @returns {T} */
const answered = ({ data, error }) => {
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
};

const patient = answered(await http.POST("/p/dr/patients/", { body: { name: "Ada Example", age: 61 } }));
console.log(`patient ${patient.id}`);
const file = new Blob([await readFile(IMAGE)]);
const scan = answered(
  await http.POST("/p/dr/predict/", { body: { file, patient_id: patient.id, visit_type: "follow-up" } }),
);
console.log(scan.requires_review ? `a person must look: ${scan.explanation}` : scan.explanation);
console.log(`${scan.dr_severity}, confidence ${scan.confidence_score.toFixed(3)} of 1`);
console.log(`heatmap: ${scan.heatmap_url}`);
const params = { path: { id: patient.id } };
for (const each of answered(await http.GET("/p/dr/predict/patient/{id}/history", { params })))
  console.log(`${each.scan_timestamp} ${each.visit_type} ${each.dr_severity}`);
console.log(scan.disclaimer);
