import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Problem } from "../contracts/index.ts";
import { readSubject } from "./case-request.ts";

const attempt = (fields: Record<string, string>) => {
  try {
    return readSubject(fields);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
};

describe("the fields beside an image", () => {
  it("are refused or kept as they are: never changed, never with a control character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (patientId) => {
        const subject = attempt({ patientId });
        if (subject instanceof Problem) expect(subject.code).toBe("field-invalid");
        else {
          expect(subject.patientId ?? "").toBe(patientId.trim());
          expect(subject.patientId ?? "").not.toMatch(/\p{Cc}|\p{Cs}/u);
        }
      }),
    );
  });

  it("take names and identifiers of any script", () => {
    const fields = { patientId: "पी-१७", site: "Universitätsklinikum 東京", externalId: "نمبر ۵" };
    expect(readSubject(fields)).toEqual(fields);
  });

  it("are reported all at once", () => {
    const refused = attempt({ patientId: "x".repeat(65), laterality: "up", view: "fine" });
    expect((refused as Problem).fields?.map(({ name }) => name)).toEqual(["patientId", "laterality"]);
  });

  it("do not come from an object's prototype", () => {
    expect(readSubject(Object.create({ patientId: "inherited" }))).toEqual({});
  });
});
