import { expect } from "vitest";
import { percent, type Row, share } from "./rows.ts";

export type System = Row["system"];

/** A call as a source system's text shows it. */
export interface Call {
  readonly system: System;
  readonly language: "bash" | "javascript";
  readonly text: string;
  /** What the text leaves to its reader: values that are used, and a look at the result. */
  readonly before?: string;
  readonly after?: string;
  readonly check: (output: string) => void;
}

const json =
  (shape: object) =>
  (output: string): void =>
    expect(JSON.parse(output)).toMatchObject(shape);

const finding = { label: expect.any(String), probability: share };
const predicted = {
  status: "success",
  data: {
    filename: expect.stringMatching(/^(chest|sample)_xray\.jpg$/),
    predictions: [finding, finding, finding, finding, finding],
    top_prediction: finding,
  },
};
const eye = {
  prediction: expect.stringMatching(/^(cataract|normal)$/),
  confidence: share,
  model_used: "ensemble",
  processing_time: expect.any(Number),
  ray_worker_id: expect.any(String),
};
const foot = {
  prediction: expect.stringMatching(/^(Normal|Flatfoot|Foot Ulcer|Hallux Valgus)$/),
  confidence: percent,
  hallux_valgus_detected: expect.any(Boolean),
  probabilities: { Normal: percent, Flatfoot: percent, "Foot Ulcer": percent, "Hallux Valgus": percent },
};

const ophthalmology: Call = {
  system: "eye",
  language: "javascript",
  before: `import { readFile } from "node:fs/promises";
const patientData = { name: "Ada Example", age: 61, gender: "Female", symptoms: ["Blurred vision"] };
const base64Image = (await readFile("eye.jpg")).toString("base64");`,
  text: `const API_BASE = 'http://localhost:8000/api';

// Fetch patients
const patients = await fetch(\`\${API_BASE}/patients\`).then(r => r.json());

// Create patient
await fetch(\`\${API_BASE}/patients\`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(patientData)
});

// Analyze image
const result = await fetch(\`\${API_BASE}/ai/analyze\`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ image_base64: base64Image })
});
`,
  after: `const now = await fetch(\`\${API_BASE}/patients\`).then((answer) => answer.json());
console.log(JSON.stringify({ patients, now, status: result.status, analysis: await result.json() }));`,
  check: json({
    patients: [],
    now: [{ name: "Ada Example", age: 61, gender: "Female", symptoms: ["Blurred vision"], workflowStep: 1 }],
    status: 200,
    analysis: {
      classification: expect.any(String),
      confidence: percent,
      findings: expect.any(Array),
      recommendation: expect.any(String),
      explanation: expect.any(String),
    },
  }),
};

const hallux: Call[] = [
  {
    system: "hallux",
    language: "bash",
    text: `# Test health endpoint
curl http://localhost:8000/health`,
    check: json({ status: "healthy", model_loaded: true, timestamp: expect.any(Number) }),
  },
  {
    system: "hallux",
    language: "bash",
    text: `# Test prediction with image
curl -X POST -F "image=@test_image.jpg" \\
  http://localhost:8000/predict`,
    check: json(foot),
  },
];

const chest: Call[] = [
  {
    system: "chest",
    language: "bash",
    text: `curl -X POST "http://localhost:8007/api/predict" \\
  -H "accept: application/json" \\
  -F "file=@chest_xray.jpg"`,
    check: json(predicted),
  },
  {
    system: "chest",
    language: "bash",
    text: `curl -X POST "http://localhost:8007/api/explain" \\
  -H "accept: application/json" \\
  -F "file=@chest_xray.jpg"`,
    check: json({
      status: "success",
      data: {
        filename: "chest_xray.jpg",
        heatmap_image: expect.stringMatching(/^data:image\/png;base64,iVBOR/),
        explained_prediction: { ...finding, class_index: expect.any(Number) },
        image_info: { original_size: [expect.any(Number), expect.any(Number)], model_input_size: [224, 224] },
      },
    }),
  },
  {
    system: "chest",
    language: "bash",
    text: `# Health check
curl -X GET "http://localhost:8007/api/health"`,
    check: json({ status: "healthy", model_loaded: true }),
  },
  {
    system: "chest",
    language: "bash",
    text: `# Test prediction with sample image
curl -X POST "http://localhost:8007/api/predict" \\
  -F "file=@sample_xray.jpg"`,
    check: json(predicted),
  },
];

const cataract: Call[] = [
  {
    system: "cataract",
    language: "bash",
    text: `# Single prediction
curl -X POST "http://localhost:8000/predict_ensemble" \\
  -F "image=@eye_image.jpg"`,
    check: json(eye),
  },
  {
    system: "cataract",
    language: "bash",
    text: `# Or test manually
for i in {1..10}; do
  curl -X POST "http://localhost:8001/predict_ensemble" \\
    -F "file=@test_image.jpg" &
done`,
    check: (output) => {
      const answers = output.split(/(?<=\})(?=\{"prediction")/).map((answer) => JSON.parse(answer) as object);
      expect(answers.length).toBe(10);
      for (const answer of answers) expect(answer).toMatchObject(eye);
    },
  },
];

/**
 * Every curl and fetch call of the five texts, word for word. Clarity in Care's shows none but addresses; load tests by
 * programs of theirs or by `ab` are not calls of the contract.
 */
export const calls: readonly Call[] = [ophthalmology, ...hallux, ...chest, ...cataract];
