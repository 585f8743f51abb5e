import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import { isProblem, Problem } from "../../contracts/index.ts";
import type { SingleUpload } from "../../intake/index.ts";
import { version } from "../../platform/index.ts";
import { answer, type GatewayApp } from "../documented.ts";
import { reply } from "../problem-reply.ts";
import { json } from "../responses.ts";
import { receiveImage } from "../screen-upload.ts";
import type { GatewayContext, Serving } from "../serving.ts";
import { binary } from "../upload-document.ts";
import { cataractHealth, cataractHealthSchema } from "./cataract-system.ts";
import { drProfile } from "./dr.ts";
import { drScanSchema } from "./dr-answer.ts";
import { predictDrReceived } from "./dr-predict.ts";
import { badImageCodes } from "./fastapi-problem.ts";
import { halluxProfile, predictHalluxReceived } from "./hallux.ts";
import { halluxAnswerSchema } from "./hallux-answer.ts";
import { mountOf, type Profile } from "./profile.ts";

// Paths that several source systems have, where nothing says which of them is meant.

const sharedHealthSchema = cataractHealthSchema
  .extend({
    version: z.string(),
    model_loaded: z.boolean(),
    timestamp_epoch: z.number().openapi({ description: "Seconds since 1970" }),
  })
  .openapi("SharedHealth");

const health: RouteConfig = {
  method: "get",
  path: "/health",
  operationId: "health",
  summary: "The server's own account, for clients of any source system",
  tags: ["source systems"],
  deprecated: true,
  responses: { 200: json("The keys of all source systems; under a mount each has its own", sharedHealthSchema) },
};

/** Who may be meant by `/predict`. */
const mounts = [`${mountOf("hallux")}/predict`, `${mountOf("dr")}/predict/`] as const;
const sharedErrorSchema = z
  .looseObject({
    error: z.string(),
    detail: z.string(),
    code: z.string(),
    request_id: z.string(),
    mounts: z.array(z.string()),
  })
  .openapi("SharedError");

const file = z.string().openapi(binary);
const predict: RouteConfig = {
  method: "post",
  path: "/predict",
  operationId: "predict",
  summary: "Read one image for whichever source system the form is of",
  description: `An image in a part named \`image\` is read as by ${mounts[0]}; one in a part named \`file\` beside a \`patient_id\` as by ${mounts[1]}. Anything else is refused and nothing is read. A slash at the end makes no difference.`,
  tags: ["source systems"],
  deprecated: true,
  request: {
    query: z.object({ patient_id: z.string().optional() }),
    body: {
      required: true,
      content: {
        "multipart/form-data": {
          schema: z.union([z.object({ image: file }), z.object({ file, patient_id: z.string() })]),
        },
      },
    },
  },
  responses: {
    200: json("As that system answers", z.union([halluxAnswerSchema, drScanSchema])),
    default: json("As that system refuses; where neither is meant, with the keys of both", sharedErrorSchema),
  },
};

export function routeSharedPaths(app: GatewayApp, serving: Serving): void {
  answer(app, health, async (c) => {
    const account = await cataractHealth(serving);
    return c.json({
      ...account,
      version,
      model_loaded: account.models_loaded.batch,
      timestamp_epoch: serving.clock.wallMs() / 1000,
    });
  });
  answer(app, predict, (c) => predictShared(serving, c));
}

const imageFields = ["image", "file"] as const;

interface Meant {
  readonly profile: Profile;
  readonly predict: (serving: Serving, c: GatewayContext, single: SingleUpload) => Promise<Response>;
}

/**
 * The upload is read once; the name of its part then says whose it is, and from there on that system answers and
 * refuses.
 *
 * @throws {Problem} profile-ambiguous, as `receiveImage`, and as the system that is meant
 */
async function predictShared(serving: Serving, c: GatewayContext): Promise<Response> {
  c.set("refuse", refuseForBoth);
  const single = await receiveImage(serving, c, { imageFields }).catch((error: unknown) => {
    if (!isProblem(error) || error.code !== "image-missing") throw error;
    // A part that is there but empty still says whose form it is.
    if (error.fields?.[0]?.name !== "image") throw ambiguous();
    c.set("refuse", halluxProfile.refuse);
    throw error;
  });
  try {
    const { profile, predict } = meantBy(c, single);
    c.set("refuse", profile.refuse);
    return await predict(serving, c, single);
  } finally {
    single.release();
  }
}

function meantBy(c: GatewayContext, { imageField, fields }: SingleUpload): Meant {
  if (imageField === "image") return { profile: halluxProfile, predict: predictHalluxReceived };
  const hasPatient = [c.req.query("patient_id"), fields["patient_id"]].some((id) => (id ?? "").trim() !== "");
  if (imageField === "file" && hasPatient) return { profile: drProfile, predict: predictDrReceived };
  throw ambiguous();
}

const ambiguous = (): Problem =>
  new Problem("profile-ambiguous", {
    detail: `Send the image as a part named image, or as one named file beside a patient_id; or say which system is meant: POST ${mounts.join(" or POST ")}.`,
  });

/** Clients of one system look for `error`, those of the other for `detail`. */
function refuseForBoth(c: GatewayContext, problem: Problem): Response {
  const { code } = problem;
  const said = problem.detail ?? problem.spec.title;
  const body = { error: said, detail: said, code, request_id: c.get("requestId"), mounts };
  return reply(c, problem, "application/json", body, badImageCodes.has(code) ? 400 : undefined);
}
