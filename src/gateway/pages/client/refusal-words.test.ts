import { describe, expect, it } from "vitest";
import { type ProblemCode, problems } from "../../../contracts/problems.ts";
import { refusalWords, wordsFor } from "./refusal-words.ts";

const codes = Object.keys(problems) as ProblemCode[];

describe("the words for refusals", () => {
  it.each(codes)("%s has words, and they are not the ones for machines", (code) => {
    const words = wordsFor({ status: problems[code].status, code });
    expect(Object.hasOwn(refusalWords, code), `${code} has no words in refusal-words.ts`).toBe(true);
    expect(words.what).toMatch(/^[A-Z].*[^.]$/);
    expect(words.advice).toMatch(/^[A-Z].*\.$/);
    expect(`${words.what} ${words.advice}`).not.toMatch(/\b(HTTP|API|JSON|base64|inference|engine|pack)\b/i);
  });

  it("are for codes that exist, or for what happens on the way", () => {
    const own = Object.keys(refusalWords).filter((code) => !codes.includes(code as ProblemCode));
    expect(own.sort()).toEqual(["no-answer", "unreadable-answer"]);
  });

  it("tell an unknown code in the server's words, and never take a name of every object for one", () => {
    expect(wordsFor({ status: 400, code: "brand-new", detail: "Too purple." }).advice).toBe("Too purple.");
    expect(wordsFor({ status: 400, code: "constructor" }).advice).toBe("It says: constructor.");
  });
});
