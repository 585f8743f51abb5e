import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limits } from "../../test/support/pictures.ts";
import { cutJsonObject, parseJson } from "./json-members.ts";
import { readJson } from "./read-json.ts";

const read = (body: string | Buffer) => {
  const { bytes, fields } = readJson(Buffer.from(body as string), ["image", "image_base64"], limits);
  return { bytes: bytes.toString("latin1"), fields: fields.toRecord() };
};
const refuses = (code: string, body: string | Buffer) =>
  expect(() => read(body)).toThrow(expect.objectContaining({ name: "Problem", code }));

describe("readJson refuses", () => {
  it.each([
    "",
    " ",
    "null",
    "[]",
    '"image"',
    "{",
    '{"image"}',
    '{"image":}',
    '{"image":"QUJD"',
    '{"image":"QUJD}',
    '{"image":"QUJD",}',
    '{"image":"QUJD"}x',
    '{"image":"QUJD" "a":1}',
    '{image:"QUJD"}',
    '{"a":01,"image":"QUJD"}',
    '{"a":tru,"image":"QUJD"}',
    '{"a":[1,},"image":"QUJD"}',
    '{"a":"\t","image":"QUJD"}',
    '\uFEFF{"image":"QUJD"}',
    '{"__proto__":{"admin":true},"image":"QUJD"}',
    '{"\\u005f_proto__":1,"image":"QUJD"}',
  ])("%s", (body) => refuses("json-invalid", body));

  it("bytes that are not UTF-8", () => {
    refuses("json-invalid", Buffer.from('{"a":"\xff","image":"QUJD"}', "latin1"));
    refuses("json-invalid", Buffer.from('{"image":"QUJD"}', "utf16le"));
  });

  it("nesting deeper than 32 levels, however deep, without running out of stack", () => {
    const nested = (levels: number) => `{"image":"QUJD","a":${"[".repeat(levels)}${"]".repeat(levels)}}`;
    expect(read(nested(31)).bytes).toBe("ABC");
    refuses("json-invalid", nested(32));
    refuses("json-invalid", nested(2_000_000));
    refuses("json-invalid", `${"[".repeat(20_000)}${"]".repeat(20_000)}`);
  });

  it("more than 1,000 keys, wherever they are", () => {
    const keys = (count: number) => Array.from({ length: count }, (_, index) => `"k${index}":null`).join();
    expect(read(`{"image":"QUJD",${keys(999)}}`).bytes).toBe("ABC");
    refuses("json-invalid", `{"image":"QUJD",${keys(1000)}}`);
    refuses("json-invalid", `{"image":"QUJD","a":{${keys(300_000)}}}`);
  });

  it("no image, two images, and images that are no text", () => {
    refuses("image-missing", '{"patientId":"7"}');
    refuses("image-missing", '{"image":null}');
    refuses("image-missing", '{"image":""}');
    refuses("image-repeated", '{"image":"QUJD","image_base64":"QUJD"}');
    refuses("image-repeated", '{"image":"QUJD","image":"QUJD"}');
    refuses("field-invalid", '{"image":7}');
    refuses("field-invalid", '{"image":{"data":"QUJD"}}');
    refuses("base64-invalid", '{"image":"QUJ\\u0000"}');
  });

  it("fields with NUL, half a character, too long a name or value, or twice", () => {
    refuses("field-invalid", '{"image":"QUJD","a":"\\u0000"}');
    refuses("field-invalid", '{"image":"QUJD","a":"\\ud800"}');
    refuses("field-invalid", '{"image":"QUJD","\\udc00":"a"}');
    refuses("field-invalid", `{"image":"QUJD","a":"${"x".repeat(4097)}"}`);
    refuses("field-invalid", `{"image":"QUJD","${"x".repeat(101)}":"a"}`);
    refuses("field-invalid", '{"image":"QUJD","":"a"}');
    refuses("field-invalid", '{"image":"QUJD","a":1,"a":2}');
  });

  it("a large body beside the image", () => {
    refuses("body-too-large", `{"image":"QUJD","a":[${"0,".repeat(40_000)}0]}`);
  });
});

describe("readJson reads", () => {
  it("the image and plain values; null, objects and arrays are no fields", () => {
    const body =
      ' {"a" : "x\\"\\\\", "b":1.5e3,"c":true , "d":null,"e":{"f":"\\"}"},"g":["]"],\r\n"image_base64" : "QUJD"}\t';
    expect(read(body)).toEqual({ bytes: "ABC", fields: { a: 'x"\\', b: "1500", c: "true" } });
  });

  it("an image whose slashes are escaped, as some writers do", () => {
    expect(read('{"image":"data:image\\/png;base64,\\/\\/\\/\\/"}').bytes).toBe("\xff\xff\xff");
  });

  it("names of Object's own properties as data, on an object without a prototype", () => {
    const { fields } = read('{"constructor":"a","toString":"b","hasOwnProperty":"c","image":"QUJD"}');
    expect(Object.entries(fields)).toHaveLength(3);
    expect(Object.getPrototypeOf(fields)).toBeNull();
    expect(({} as Record<string, unknown>)["admin"]).toBeUndefined();
  });
});

it("cutJsonObject finds the members that JSON.parse finds", () => {
  const values = fc.jsonValue({ maxDepth: 5 });
  const objects = fc.dictionary(
    fc.string().filter((key) => key !== "__proto__"),
    values,
  );
  fc.assert(
    fc.property(objects, fc.constantFrom(undefined, 1, "\t"), (object, space) => {
      const text = JSON.stringify(object, undefined, space);
      const members = cutJsonObject(Buffer.from(text)).map(({ key, value }) => [key, parseJson(value)]);
      expect(members).toEqual(Object.entries(JSON.parse(text) as object));
    }),
  );
});

it("readJson ends with an image or a Problem, whatever bytes are changed", () => {
  const whole = Buffer.from('{"image":"QUJDRA==","a":{"b":["c\\"",{"d":1}]},"e":true}');
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.constantFrom(...Buffer.from('"\\{}[]:,0a\0\xff', "latin1"))), {
        minLength: 1,
        maxLength: 3,
      }),
      (flips) => {
        const copy = Buffer.from(whole);
        for (const [at, value] of flips) copy[at] = value;
        try {
          read(copy);
          expect(() => JSON.parse(copy.toString())).not.toThrow();
        } catch (error) {
          expect(error).toMatchObject({ name: "Problem" });
        }
      },
    ),
    { numRuns: 600 },
  );
});
