import { z } from "@hono/zod-openapi";
import { type CaseSubject, disclaimer, Problem } from "../../contracts/index.ts";
import { eyeProgramme } from "../../persons/index.ts";
import { setCaseHeaders } from "../case-headers.ts";
import { readSubject, readWishes } from "../case-request.ts";
import { pendingOf } from "../pending.ts";
import { statusOf } from "../routes/probes.ts";
import { receiveImage, screenReceived } from "../screen-upload.ts";
import type { GatewayContext, Serving } from "../serving.ts";
import type { eyeAnalysisSchema } from "./eye-patient.ts";
import { truth } from "./eye-patient-fields.ts";
import { parseInput } from "./fastapi-problem.ts";

/** The device of the packs; a vision-language model has its own server. */
const device = "cpu";

export const modelStateSchema = z
  .looseObject({ status: z.string(), message: z.string(), device: z.string().optional(), disclaimer: z.string() })
  .openapi("EyeModelState");

/** One picture without a person's record, as a form or in base64: the same reading on both routes. */
export async function analyseImage(serving: Serving, c: GatewayContext): Promise<Response> {
  const wishes = readWishes(c);
  const single = await receiveImage(serving, c, { imageFields: ["file", "image"] });
  try {
    const options = { programme: eyeProgramme, subjectOf, ...wishes };
    const screened = await screenReceived(serving, c, single, options);
    const { record } = screened;
    const deadline = c.get("startedAt") + (wishes.deadlineMs ?? serving.config.DEADLINE_MS);
    const reading = { signal: c.get("signal"), remainingMs: deadline - serving.clock.now() };
    const { analysis, model, severity } = await serving.people.describe(record, single.image, reading);
    setCaseHeaders(c, screened);
    const answer: z.input<typeof eyeAnalysisSchema> = {
      ...analysis,
      findings: [...analysis.findings],
      caseId: record.id,
      model,
      severity,
      outcome: record.decision.outcome,
      ...pendingOf(record),
      disclaimer: record.disclaimer,
    };
    return c.json(answer);
  } finally {
    single.release();
  }
}

/** The source's name for the person, and ours for everything else. */
function subjectOf({ patient_id, ...fields }: Readonly<Record<string, string>>): CaseSubject {
  return readSubject({ ...fields, ...(patient_id !== undefined && { patientId: patient_id }) });
}

export async function aiHealth(serving: Serving, c: GatewayContext): Promise<Response> {
  const loaded = await serving.warmUp(eyeProgramme);
  const models = [
    ...packNames(serving).map((name) => ({ name, loaded })),
    ...(serving.vlm === undefined ? [] : [{ name: "vision-language", loaded: serving.vlm.loaded }]),
  ];
  return c.json({
    status: loaded ? "available" : "unavailable",
    message: loaded ? "AI service is ready" : "AI model is not loaded yet",
    device,
    models,
    disclaimer,
  });
}

/** Without a vision-language model there is still one to load: the programme's own. */
export async function loadModel(serving: Serving, c: GatewayContext): Promise<Response> {
  const status = serving.vlm === undefined ? await loadPacks(serving) : await serving.vlm.load();
  const message = status === "loaded" ? "AI model loaded successfully" : "AI model is already loaded";
  return c.json({ status, message, device, disclaimer });
}

async function loadPacks(serving: Serving): Promise<"loaded" | "already_loaded"> {
  const found = serving.programmes.programmes.get(eyeProgramme);
  const warm = new Set((await statusOf(serving))?.packs);
  if (found !== undefined && "fine" in found && warm.has(found.fast.digest) && warm.has(found.fine.digest))
    return "already_loaded";
  if (await serving.warmUp(eyeProgramme)) return "loaded";
  throw new Problem("model-not-loaded");
}

/** The programme's packs stay: other doors read with them. `?force=true` unloads while requests are in work. */
export async function unloadModel(serving: Serving, c: GatewayContext): Promise<Response> {
  const { force } = parseInput(z.object({ force: truth.default(false) }), c.req.query(), "query");
  const status = serving.vlm === undefined ? "not_loaded" : await serving.vlm.unload({ force });
  const message = status === "unloaded" ? "AI model unloaded successfully" : "Model is not currently loaded";
  return c.json({ status, message, disclaimer });
}

function packNames({ programmes }: Serving): string[] {
  const found = programmes.programmes.get(eyeProgramme);
  return found === undefined || "missing" in found ? [] : [found.fast.id, found.fine.id];
}
