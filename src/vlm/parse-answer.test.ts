import { describe, expect, it } from "vitest";
import { Problem } from "../contracts/index.ts";
import {
  analysisOf,
  explanationCharactersMax,
  findingCharactersMax,
  findingsMax,
  parseAnswer,
  recommendationCharactersMax,
} from "./parse-answer.ts";
import { eyeClasses, invalidImage } from "./prompt.ts";

const secret = "words of the model";
const good = {
  classification: "Glaucoma",
  confidence: 82.5,
  findings: ["cup to disc ratio enlarged"],
  recommendation: "Measure the pressure.",
  explanation: `The rim is thin. ${secret}`,
};
const json = (change: object = {}) => JSON.stringify({ ...good, ...change });

function refusal(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("an answer of the model", () => {
  const { explanation: _, ...incomplete } = good;
  const faults: readonly [string, string, string][] = [
    ["nothing", "", "the answer is not one JSON object"],
    ["prose", `It looks like glaucoma. ${secret}`, "the answer is not one JSON object"],
    ["prose around the object", `Here it is: ${json()}`, "the answer is not one JSON object"],
    ["prose behind the object", `${json()} ${secret}`, "the answer is not one JSON object"],
    ["prose before a fence", `Sure!\n\`\`\`json\n${json()}\n\`\`\``, "the answer is not one JSON object"],
    ["two objects", `${json()}${json()}`, "the answer is not one JSON object"],
    ["a list", `[${json()}]`, "the answer is not one JSON object"],
    ["an object that was cut off", json().slice(0, -10), "the answer is not one JSON object"],
    ["reasoning without an end", `<think>${json()}`, "the answer is not one JSON object"],
    ["a missing key", JSON.stringify(incomplete), "the answer's explanation is missing"],
    ["a null", json({ findings: null }), "the answer's findings is of the wrong type"],
    ["a class nobody knows", json({ classification: secret }), "classification is not one of the allowed classes"],
    ["no class", json({ classification: 3 }), "the answer's classification is of the wrong type"],
    ["a confidence over 100", json({ confidence: 100.5 }), "the answer's confidence is over 100"],
    ["a confidence under 0", json({ confidence: -1 }), "the answer's confidence is under 0"],
    ["a confidence in words", json({ confidence: "82%" }), "the answer's confidence is of the wrong type"],
    ["an unending confidence", json().replace("82.5", "1e999"), "the answer's confidence is of the wrong type"],
    [
      "too many findings",
      json({ findings: Array(findingsMax + 1).fill("drusen") }),
      "the answer's findings is too long",
    ],
    ["a finding too long", json({ findings: ["x".repeat(findingCharactersMax + 1)] }), "findings is too long"],
    ["a finding that is none", json({ findings: [" "] }), "the answer's findings is empty"],
    [
      "a long recommendation",
      json({ recommendation: "x".repeat(recommendationCharactersMax + 1) }),
      "recommendation is too long",
    ],
    ["a long explanation", json({ explanation: "x".repeat(explanationCharactersMax + 1) }), "explanation is too long"],
    ["an empty explanation", json({ explanation: "\n" }), "the answer's explanation is empty"],
    ["a null character", json({ explanation: `a\u0000${secret}` }), "explanation holds characters that are no text"],
    [
      "half a character",
      json({ explanation: "a\ud800b" }),
      "the answer's explanation holds characters that are no text",
    ],
  ];
  it.each(faults)("is refused when it is %s", (_, content, detail) => {
    const problem = refusal(() => parseAnswer(content));
    expect(problem.code).toBe("inference-failed");
    expect(problem.detail).toContain(detail);
    expect(problem.detail, "names the fault, not the text").not.toContain(secret);
  });

  it.each([
    ["bare", json()],
    ["in a fence", `\`\`\`json\n${json()}\n\`\`\``],
    ["in a fence without a language, with other line ends", `\`\`\`\r\n${json()}\r\n\`\`\``],
    ["after its reasoning", `<think>\nIs it {"a":1}? No.\n</think>\n\n${json()}`],
    ["after reasoning that its template opened", `Is it? No.</think>\`\`\`json\n${json()}\n\`\`\``],
    ["among keys nobody asked for", json({ laterality: "left" })],
  ])("is taken %s", (_, content) => expect(parseAnswer(content)).toEqual(good));

  it("may speak of reasoning inside the object", () => {
    const explanation = "no </think> here";
    expect(parseAnswer(json({ explanation }))).toMatchObject({ explanation });
  });

  it("may fill every bound", () => {
    const full = {
      findings: Array(findingsMax).fill("x".repeat(findingCharactersMax)),
      recommendation: "y".repeat(recommendationCharactersMax),
      explanation: `${"z".repeat(explanationCharactersMax - 2)}\ne`,
    };
    for (const confidence of [0, 100])
      expect(parseAnswer(json({ ...full, confidence }))).toMatchObject({ ...full, confidence });
  });

  it.each(eyeClasses)("names %s in any case", (classification) => {
    expect(parseAnswer(json({ classification: ` ${classification.toUpperCase()} ` })).classification).toBe(
      classification,
    );
  });

  it.each(["Invalid image", "INVALID IMAGE: a cat", "not an eye scan"])("%s is a picture of no eye", (words) => {
    expect(parseAnswer(json({ classification: words, confidence: 97 }))).toMatchObject({
      classification: invalidImage,
      confidence: 97,
    });
  });
});

describe("a chat completion", () => {
  const completion = (choice: object) => JSON.stringify({ choices: [choice] });
  it.each([
    ["no JSON", "<html>", "the model server's answer is not a chat completion"],
    ["no choice", '{"choices":[]}', "the model server's answer is not a chat completion"],
    ["an error", '{"error":{"message":"x"}}', "the model server's answer is not a chat completion"],
    ["parts", completion({ message: { content: [{ text: json() }] } }), "is not a chat completion"],
    ["no content", completion({ message: { content: null } }), "the answer is not one JSON object"],
    ["a refusal", completion({ message: { content: null, refusal: secret } }), "the model declined to answer"],
    [
      "half",
      completion({ message: { content: json() }, finish_reason: "length" }),
      "the answer was cut off after 4096",
    ],
  ])("with %s is refused", (_, body, detail) => {
    const problem = refusal(() => analysisOf(body));
    expect(problem).toMatchObject({ code: "inference-failed" });
    expect(problem.detail).toContain(detail);
    expect(problem.detail).not.toContain(secret);
  });

  it("gives its first choice's analysis", () => {
    expect(analysisOf(completion({ message: { content: json() }, finish_reason: "stop" }))).toEqual(good);
  });
});
