import { Problem } from "../../contracts/index.ts";
import type { GatewayContext } from "../serving.ts";
import { badImageCodes, isOtherKindOfBody, missingInput, replyFastApiProblem } from "./fastapi-problem.ts";

/** Travels as the problem's cause, so that the reply can tell two values of one field from a wrong value. */
class InputConflict extends Error {}

/** One field with one value in the query and another in the form: nobody knows which is meant. */
export function conflictingInput(name: string): Problem {
  const message = "the query and the form differ";
  return new Problem("field-invalid", {
    detail: `${name}: ${message}`,
    fields: [{ name, message }],
    cause: new InputConflict(),
  });
}

/** `{"detail": ...}` in the source's words, with our code and reason beside it. */
export function replyDrProblem(c: GatewayContext, problem: Problem): Response {
  const { code, cause, detail } = problem;
  if (badImageCodes.has(code))
    return replyFastApiProblem(c, problem, { detail: "Invalid image format. Allowed: JPG, JPEG, PNG", status: 400 });
  if (code === "image-missing" || (isPrediction(c.req.path) && isOtherKindOfBody(c, problem)))
    return replyFastApiProblem(c, problem, { detail: [missingInput("body", "file")], status: 422 });
  if (code === "person-unknown") return replyFastApiProblem(c, problem, { detail: "Patient not found" });
  // A programme that was taken out of the catalogue is a model that is not there, as for the source.
  if (code === "programme-unknown") return replyFastApiProblem(c, problem, { status: 503 });
  if (cause instanceof InputConflict && detail !== undefined)
    return replyFastApiProblem(c, problem, { detail, status: 400 });
  if ((code === "internal" || code === "inference-failed") && isPrediction(c.req.path))
    return replyFastApiProblem(c, problem, { detail: "Prediction failed: internal error" });
  return replyFastApiProblem(c, problem);
}

const isPrediction = (path: string): boolean => path.endsWith("/predict");
