// Ophth-AI's endpoints, typed: npm run build && IMAGE=eye.jpg node examples/ophth-ai.mjs
import { readFile } from "node:fs/promises";
import { createFoveaClient } from "fovea/client";

const { BASE_URL = "http://127.0.0.1:8000", IMAGE = "eye.jpg", API_KEY } = process.env;
const { http } = createFoveaClient({ baseUrl: BASE_URL, apiKey: API_KEY });

/** @template T @param {{ data?: T, error?: unknown }} answer @returns {T} */
const answered = ({ data, error }) => {
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
};

const image_url = `data:image/jpeg;base64,${(await readFile(IMAGE)).toString("base64")}`;
const body = { name: "Ada Example", age: 61, gender: "Female", symptoms: ["Blurred vision"], image_url };
const { id } = answered(await http.POST("/p/eye/api/patients", { body }));
const params = { path: { id } };
const patient = answered(await http.POST("/p/eye/api/patients/{id}/analyze", { params }));
const { aiAnalysis } = patient;
console.log(`${patient.status}: ${aiAnalysis?.classification}, confidence ${aiAnalysis?.confidence} of 100`);
console.log(aiAnalysis?.recommendation);
const validated = answered(
  await http.POST("/p/eye/api/patients/{id}/validate", {
    params: { ...params, query: { approved: "true" } },
  }),
);
console.log(`validation: ${validated.validationStatus}, step ${validated.workflowStep}`);
const { count } = answered(await http.GET("/p/eye/api/notifications/unread-count"));
console.log(`${count} unread notifications`);
console.log(patient.disclaimer);
