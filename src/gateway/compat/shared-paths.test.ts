import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { drawEye } from "../../../test/support/eye.ts";
import { boundary, form as rawForm } from "../../../test/support/forms.ts";
import { type TestDeps, testDeps } from "../../../test/support/gateway.ts";
import { person } from "../../../test/support/person.ts";
import { gradesResult, retinopathy } from "../../../test/support/retinopathy.ts";
import { feet, labelsResult } from "../../../test/support/several-labels.ts";
import { createApp } from "../app.ts";
import { drScanSchema } from "./dr-answer.ts";
import { halluxAnswerSchema } from "./hallux-answer.ts";
import { halluxErrorSchema } from "./hallux-problem.ts";

let image: Uint8Array<ArrayBuffer>;
let deps: TestDeps;
beforeAll(async () => {
  image = new Uint8Array(await drawEye(1));
});
beforeEach(() => {
  const programmes = new Map([
    ["hallux-valgus", feet],
    ["diabetic-retinopathy", retinopathy],
  ]);
  deps = testDeps({}, { programmes: { programmes } });
  deps.predictor.answer = async (task) =>
    task.packs.includes(feet.fast.digest) ? labelsResult(task, feet, [0, 0, 0, 3]) : gradesResult(task, [3, 2, -2, -3]);
});

type Part = readonly [name: string, value: string | Uint8Array<ArrayBuffer>];
function form(...parts: readonly Part[]): RequestInit {
  const body = new FormData();
  for (const [name, value] of parts) {
    if (typeof value === "string") body.append(name, value);
    else body.append(name, new File([value], "image.jpg"));
  }
  return { method: "POST", body };
}
const ask = (path: string, init: RequestInit) => createApp(deps).request(path, init);

// The source systems differ in the slash; nothing is ever redirected.
describe.each(["/predict", "/predict/"])("POST %s, where nothing says which system is meant", (path) => {
  it("refuses what neither system takes, in words for the clients of both", async () => {
    const neither = [
      form(["picture", image]),
      form(["file", image]),
      form(["file", image], ["patient_id", " "]),
      form(["patient_id", "7"]),
      { method: "POST", body: image, headers: { "content-type": "image/jpeg" } },
    ];
    for (const init of neither) {
      const response = await ask(path, init);
      expect(response.status).toBe(400);
      const body = (await response.json()) as Record<string, unknown>;
      expect(body).toMatchObject({ code: "profile-ambiguous", mounts: ["/p/hallux/predict", "/p/dr/predict/"] });
      expect(body["error"]).toBe(body["detail"]);
      expect(body["detail"]).toContain("/p/hallux/predict");
      expect(body["detail"]).toContain("/p/dr/predict/");
    }
    expect(deps.kept.records).toEqual([]);
    expect(deps.predictor.tasks).toEqual([]);
  });

  it("has words for both where an image is damaged before anybody knows whose it is", async () => {
    const response = await ask(path, form(["image", image.slice(0, image.length / 2)]));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: "image-malformed",
      error: expect.any(String) as string,
      detail: expect.any(String) as string,
    });
  });

  it("reads a part named image as the hallux valgus server, 0..100", async () => {
    const response = await ask(path, form(["image", image]));
    expect(response.status).toBe(200);
    const { confidence, prediction } = halluxAnswerSchema.parse(await response.json());
    expect(prediction).toBe("Hallux Valgus");
    expect(confidence).toBeGreaterThan(1);
    expect(deps.kept.records[0]?.programme).toBe("hallux-valgus");
  });

  it("reads a part named file beside a patient as the retinopathy server, 0..1", async () => {
    const ada = person();
    deps.memory.people.set(ada.id, ada);
    const inForm = form(["patient_id", ada.id], ["visit_type", "follow-up"], ["file", image]);
    const inQuery = `${path}?patient_id=${ada.id}&visit_type=follow-up`;
    for (const response of [await ask(path, inForm), await ask(inQuery, form(["file", image]))]) {
      expect(response.status).toBe(200);
      expect(drScanSchema.parse(await response.json()).confidence_score).toBeLessThanOrEqual(1);
    }
    expect(deps.kept.records.map(({ programme }) => programme)).toEqual(Array(2).fill("diabetic-retinopathy"));
  });

  it("refuses as the system that is meant once that is known", async () => {
    const large = new Uint8Array(16 * 1024 * 1024 + 1);
    large.set(image);
    const hallux = await ask(path, form(["image", large]));
    expect(hallux.status).toBe(413);
    expect(halluxErrorSchema.parse(await hallux.json()).error).toBe("File too large. Maximum size: 16MB");
    const dr = await ask(path, form(["file", image], ["patient_id", "nobody"], ["visit_type", "follow-up"]));
    expect(dr.status).toBe(404);
    const said = (await dr.json()) as Record<string, unknown>;
    expect(said).toMatchObject({ detail: "Patient not found", code: "person-unknown" });
    expect(said).not.toHaveProperty("error");
    expect(deps.kept.records).toEqual([]);
  });

  it("knows whose form it is when no file was chosen in it", async () => {
    const body = new Uint8Array(rawForm([{ name: "image", filename: "", body: "" }]));
    const headers = { "content-type": `multipart/form-data; boundary=${boundary}` };
    const response = await ask(path, { method: "POST", body, headers });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: "No image selected" });
  });
});
