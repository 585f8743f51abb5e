import * as z from "zod";
import { type EyeAnalysis, Problem } from "../contracts/index.ts";
import { answerTokensMax, eyeClasses, invalidImage } from "./prompt.ts";

/** Raised with every change of which answers are taken, and as what: it is part of the reader's digest. */
export const parserVersion = "1";

export const findingsMax = 20;
export const findingCharactersMax = 500;
export const recommendationCharactersMax = 2000;
export const explanationCharactersMax = 4000;

const completionSchema = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
});

/** Lines and tabs are text; other control characters and halves of characters are not. */
const text = (charactersMax: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(charactersMax)
    .regex(/^(?:[^\p{Cc}\p{Cs}]|[\n\r\t])*$/u);

const answerSchema = z.object({
  classification: z.string().transform(canonical).pipe(z.enum(eyeClasses)),
  confidence: z.number().min(0).max(100),
  findings: z.array(text(findingCharactersMax)).max(findingsMax),
  recommendation: text(recommendationCharactersMax),
  explanation: text(explanationCharactersMax),
});

/** Models write the class in any case, and the picture that is no eye in any words that begin so. */
function canonical(name: string): string {
  const folded = name.trim().toLowerCase();
  if (/^(invalid image|not an eye)\b/.test(folded)) return invalidImage;
  return eyeClasses.find((each) => each.toLowerCase() === folded) ?? name;
}

/**
 * What the model said, out of the body of a chat completion.
 * @throws {Problem} inference-failed; its detail names the fault and holds nothing of the answer
 */
export function analysisOf(body: string): EyeAnalysis {
  const found = completionSchema.safeParse(parsed(body));
  if (!found.success) throw failed("the model server's answer is not a chat completion");
  const [choice] = found.data.choices;
  if (choice?.message.refusal) throw failed("the model declined to answer");
  if (choice?.finish_reason === "length") throw failed(`the answer was cut off after ${answerTokensMax} tokens`);
  return parseAnswer(choice?.message.content ?? "");
}

/** @throws {Problem} inference-failed, as `analysisOf` */
export function parseAnswer(content: string): EyeAnalysis {
  const answer = parsed(withoutFence(withoutReasoning(content.trim())));
  if (typeof answer !== "object" || answer === null || Array.isArray(answer))
    throw failed("the answer is not one JSON object");
  const checked = answerSchema.safeParse(answer);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw failed(`the answer's ${String(issue?.path[0])} ${faultOf(issue, answer)}`);
}

const failed = (detail: string): Problem => new Problem("inference-failed", { detail });

function faultOf(issue: z.core.$ZodIssue | undefined, answer: object): string {
  if (issue === undefined || !Object.hasOwn(answer, String(issue.path[0]))) return "is missing";
  if (issue.code === "too_big") return issue.origin === "number" ? `is over ${issue.maximum}` : "is too long";
  if (issue.code === "too_small") return issue.origin === "number" ? `is under ${issue.minimum}` : "is empty";
  if (issue.code === "invalid_value") return "is not one of the allowed classes";
  if (issue.code === "invalid_format") return "holds characters that are no text";
  return "is of the wrong type";
}

const reasoningEnd = "</think>";

/** Chat templates often write the opening mark themselves, so that an answer begins inside the reasoning. */
function withoutReasoning(content: string): string {
  if (content.startsWith("{") || content.startsWith("```")) return content;
  const end = content.indexOf(reasoningEnd);
  return end === -1 ? content : content.slice(end + reasoningEnd.length).trim();
}

function withoutFence(content: string): string {
  const opening = /^```(?:json)?[ \t]*\r?\n/i.exec(content)?.[0];
  if (opening === undefined || !content.endsWith("```")) return content;
  return content.slice(opening.length, -"```".length);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
