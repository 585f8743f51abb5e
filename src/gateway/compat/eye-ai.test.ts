import sharp from "sharp";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { drawEye } from "../../../test/support/eye.ts";
import { type EyeGateway, eyeGateway } from "../../../test/support/eye-gateway.ts";
import { ophthalmology } from "../../../test/support/ophthalmology.ts";
import { handmadeBmp } from "../../../test/support/pictures.ts";
import { type EyeAnalyst, Problem } from "../../contracts/index.ts";
import { modelStateSchema } from "./eye-ai.ts";
import { eyeAnalysisSchema } from "./eye-patient.ts";
import { eyeHealthSchema, eyeInfoSchema } from "./eye-system.ts";
import { fastApiErrorSchema } from "./fastapi-problem.ts";

let picture: Buffer;
let eye: EyeGateway;
beforeAll(async () => {
  picture = await drawEye(1);
});
beforeEach(() => {
  eye = eyeGateway();
});

const analysisOf = async (response: Response) => {
  expect(response.status).toBe(200);
  return eyeAnalysisSchema.parse(await response.json());
};
const refusal = async (response: Response) =>
  [response.status, fastApiErrorSchema.parse(await response.json()).detail] as const;
function upload(bytes: Uint8Array, name = "file", fields: Record<string, string> = {}) {
  const body = new FormData();
  for (const [key, value] of Object.entries(fields)) body.append(key, value);
  body.append(name, new File([new Uint8Array(bytes)], "eye.bin"));
  return eye.ask("/api/ai/analyze-upload", { method: "POST", body });
}
const analyse = (body: unknown) => eye.send("POST", "/api/ai/analyze", body);

describe("a picture without a person's record", () => {
  it("is missed as FastAPI misses it", async () => {
    expect(await refusal(await analyse({}))).toEqual([
      422,
      [{ type: "missing", loc: ["body", "image_base64"], msg: "Field required", input: null }],
    ]);
    const plain = { method: "POST", body: new URLSearchParams({ other: "x" }) };
    for (const response of [await upload(picture, "picture"), await eye.ask("/api/ai/analyze-upload", plain)])
      expect(await refusal(response)).toMatchObject([422, [{ type: "missing", loc: ["body", "file"] }]]);
  });

  it("is refused by its bytes, whatever it is called", async () => {
    const allowed = "Invalid file type. Allowed: image/jpeg, image/png, image/webp, image/tiff, image/bmp";
    expect(await refusal(await upload(Buffer.from("hello, this is text")))).toEqual([400, allowed]);
    const text = Buffer.from("hello, this is text").toString("base64");
    expect(await refusal(await analyse({ image_base64: text }))).toEqual([400, allowed]);
    expect((await refusal(await upload(picture.subarray(0, 2000))))[0]).toBe(400);
    expect((await refusal(await analyse({ image_base64: "%%%" })))[0]).toBe(400);
    expect((await refusal(await analyse("{")))[1]).toMatchObject([{ type: "json_invalid" }]);
    expect(eye.deps.kept.records).toEqual([]);
  });

  it("is answered in the source's shape, confidence in percent, from base64 with and without a prefix", async () => {
    eye.shows = "glaucoma";
    const base64 = picture.toString("base64");
    for (const image_base64 of [base64, `data:image/jpeg;base64,${base64}`]) {
      const response = await analyse({ image_base64, patient_id: "p-7" });
      expect(response.headers.get("x-model")).toContain("ophthalmology/");
      expect(await analysisOf(response)).toMatchObject({
        classification: "Glaucoma",
        confidence: 94.79,
        caseId: eye.deps.kept.records.at(-1)?.id,
        severity: "critical",
        outcome: "positive",
      });
    }
    expect(eye.deps.kept.records.map(({ patientId }) => patientId)).toEqual(["p-7", "p-7"]);
  });

  it("may be uploaded in each of the formats", async () => {
    const image = sharp(picture);
    const files = [
      picture,
      await image.png().toBuffer(),
      await image.webp().toBuffer(),
      await image.tiff().toBuffer(),
      handmadeBmp(),
    ];
    for (const file of files) expect((await analysisOf(await upload(file))).classification).toBe("Normal");
    expect((await analysisOf(await upload(picture, "file", { patient_id: "p-8" }))).outcome).toBe("negative");
    expect(eye.deps.kept.records.at(-1)?.patientId).toBe("p-8");
  });

  it.each([
    ["ungradable", "Ungradable image"],
    ["no-eye", "Not an eye scan"],
    ["unclear", "Unclear, needs a person"],
  ] as const)("that is %s is called %s", async (scan, classification) => {
    eye.shows = scan;
    expect(await analysisOf(await upload(picture))).toMatchObject({ classification, confidence: 0, outcome: "person" });
  });

  it("waits for a model that is not there in the source's words", async () => {
    eye.deps.predictor.answer = async () => {
      throw new Problem("engine-not-ready");
    };
    const response = await upload(picture);
    expect(response.headers.get("retry-after")).not.toBeNull();
    expect(await refusal(response)).toEqual([503, "AI model is not loaded. Please wait for model initialization."]);
  });
});

describe("the model", () => {
  const state = async (method: string, path: string) => {
    const response = await eye.send(method, `/api/ai/${path}`);
    expect(response.status).toBe(200);
    return modelStateSchema.parse(await response.json());
  };
  const packs = [ophthalmology.fast.digest, ophthalmology.fine.digest];

  it("says whether it is loaded", async () => {
    expect(await state("GET", "health")).toMatchObject({ status: "available", device: "cpu" });
    eye = eyeGateway(undefined, { warmUp: async () => false });
    expect(await state("GET", "health")).toMatchObject({ status: "unavailable", device: "cpu" });
  });

  it("is the programme's own where no other is configured: warmed, and never unloaded", async () => {
    expect(await state("POST", "load-model")).toMatchObject({ status: "loaded", device: "cpu" });
    eye.deps.predictor.state = { packs };
    expect(await state("POST", "load-model")).toMatchObject({ status: "already_loaded" });
    expect(await state("POST", "unload-model")).toMatchObject({ status: "not_loaded" });
    eye = eyeGateway(undefined, { warmUp: async () => false });
    expect((await refusal(await eye.send("POST", "/api/ai/load-model")))[0]).toBe(503);
  });

  it("is the vision-language one where that is configured, and at work it is not unloaded unless forced", async () => {
    let loaded = false;
    const vlm: EyeAnalyst = {
      get loaded() {
        return loaded;
      },
      analyse: async () => ({
        ...{ classification: "Glaucoma", confidence: 50, findings: [], recommendation: "none", explanation: "so" },
        model: "vlm/test",
      }),
      load: async () => {
        const before = loaded;
        loaded = true;
        return before ? "already_loaded" : "loaded";
      },
      unload: async ({ force = false } = {}) => {
        if (!loaded) return "not_loaded";
        if (!force) throw new Problem("model-in-use");
        loaded = false;
        return "unloaded";
      },
    };
    eye = eyeGateway(undefined, { vlm });
    expect((await state("POST", "unload-model")).status).toBe("not_loaded");
    expect((await state("POST", "load-model")).status).toBe("loaded");
    expect((await state("POST", "load-model")).status).toBe("already_loaded");
    eye.shows = "normal";
    expect(await analysisOf(await upload(picture))).toMatchObject({
      classification: "Unclear, needs a person",
      severity: "undecided",
      model: expect.stringContaining("vlm/test"),
    });
    expect((await refusal(await eye.send("POST", "/api/ai/unload-model")))[0]).toBe(409);
    expect((await state("POST", "unload-model?force=true")).status).toBe("unloaded");
  });
});

describe("the server", () => {
  it("gives its own account", async () => {
    expect(eyeHealthSchema.parse(await (await eye.ask("/health")).json())).toMatchObject({
      status: "healthy",
      model_loaded: true,
    });
    eye.deps.state.ready = false;
    expect(eyeHealthSchema.parse(await (await eye.ask("/health")).json()).status).toBe("unhealthy");
  });

  it("says what it is, at its root too", async () => {
    for (const path of ["", "/", "/api"]) {
      const response = await eye.ask(path);
      expect(response.headers.get("deprecation")).not.toBeNull();
      expect(eyeInfoSchema.parse(await response.json()).endpoints["patients"]).toBe("/api/patients");
    }
  });

  it("documents every route, and answers what it does not have in the source's shape", async () => {
    const { paths } = (await (await eye.ask("/openapi.json")).json()) as { paths: Record<string, object> };
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([
        "/api/patients/{id}/analyze",
        "/api/notifications/unread-count",
        "/api/ai/analyze-upload",
      ]),
    );
    for (const path of ["/docs", "/redoc"]) expect((await eye.ask(path)).status).toBe(200);
    expect(await refusal(await eye.ask("/api/nothing"))).toEqual([404, "Not Found"]);
    expect(await refusal(await eye.send("PUT", "/api/patients"))).toEqual([405, "Method Not Allowed"]);
  });
});
