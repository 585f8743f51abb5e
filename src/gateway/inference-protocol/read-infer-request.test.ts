import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isProblem } from "../../contracts/index.ts";
import { encodeTensor, readOneText } from "./binary-tensor.ts";
import { structureBytes } from "./json-structure.ts";
import { readHeaderLength, readInferRequest, STRUCTURE_BYTES_MAX } from "./read-infer-request.ts";

const limits = { imageBytesMax: 10_000, imagePixelsMax: 1e6, batchBytesMax: 1e6, batchImagesMax: 10 };
const input = { name: "image", datatype: "BYTES", shape: [1] };

const request = (parts: object) => Buffer.from(JSON.stringify({ inputs: [{ ...input, ...parts }] }));
const inJson = (image: Buffer) => request({ data: [image.toString("base64")] });
const element = (image: Buffer) => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(image.length);
  return Buffer.concat([length, image]);
};
const sized = (size: unknown) => request({ parameters: { binary_data_size: size } });

function inBinary(image: Buffer): { body: Buffer; headerBytes: number } {
  const json = sized(image.length + 4);
  return { body: Buffer.concat([json, element(image)]), headerBytes: json.length };
}

const code = (wanted: string) => expect.objectContaining({ code: wanted });
const picture = Buffer.from("not judged here");

describe("a length that does not add up", () => {
  const { body, headerBytes } = inBinary(picture);
  const changed = (at: number, value: number) => {
    const copy = Buffer.from(body);
    copy.writeUInt32LE(value, headerBytes + at);
    return copy;
  };

  it.each<[string, Buffer, number | undefined]>([
    ["longer JSON than body", body, body.length + 1],
    ["bytes behind the tensor", Buffer.concat([body, Buffer.from([0])]), headerBytes],
    ["a tensor that is cut off", body.subarray(0, -1), headerBytes],
    ["no tensor at all", body.subarray(0, headerBytes), headerBytes],
    ["an element longer than its tensor", changed(0, picture.length + 1), headerBytes],
    ["an element shorter than its tensor", changed(0, picture.length - 1), headerBytes],
    ["an element of four gigabytes", changed(0, 0xffff_ffff), headerBytes],
    ["a tensor without room for a length", Buffer.concat([sized(3), Buffer.alloc(3)]), sized(3).length],
    ["a negative size", sized(-1), sized(-1).length],
    ["half a byte", sized(0.5), sized(0.5).length],
    ["a size in words", sized("19"), sized("19").length],
    ["tensors nobody claims", Buffer.concat([inJson(picture), Buffer.from("x")]), inJson(picture).length],
    ["a size without a header that says where", sized(19), undefined],
  ])("%s is refused", (_name, bytes, header) => {
    expect(() => readInferRequest(bytes, header, limits)).toThrow(code("body-malformed"));
  });

  it.each(["", "-1", "1e3", "12345678901", "0x10", "1, 1"])("in the header, %j, is refused", (value) => {
    expect(() => readHeaderLength(value)).toThrow(code("body-malformed"));
  });
});

describe("a request that is not for this model", () => {
  const data = [picture.toString("base64")];
  it.each<[string, object, string]>([
    ["without an input", { inputs: [] }, "image-missing"],
    ["with two inputs", { inputs: [input, input] }, "field-invalid"],
    ["with another input", { inputs: [{ ...input, data, name: "pixels" }] }, "field-invalid"],
    ["with another datatype", { inputs: [{ ...input, data, datatype: "UINT8" }] }, "field-invalid"],
    ["with two images", { inputs: [{ ...input, shape: [2], data: [...data, ...data] }] }, "field-invalid"],
    ["with more data than its shape", { inputs: [{ ...input, data: [...data, ...data] }] }, "field-invalid"],
    ["with numbers", { inputs: [{ ...input, data: [255] }] }, "field-invalid"],
    ["without data", { inputs: [input] }, "image-missing"],
    ["with what is no base64", { inputs: [{ ...input, data: ["not base64"] }] }, "base64-invalid"],
    ["with letters that fold into base64", { inputs: [{ ...input, data: ["\u0141AAA"] }] }, "base64-invalid"],
    ["with an object as parameter", { inputs: [{ ...input, data }], parameters: { a: {} } }, "field-invalid"],
    [
      "with a flag in words",
      { inputs: [{ ...input, data }], parameters: { binary_data_output: "1" } },
      "field-invalid",
    ],
    ["with data twice", { inputs: [{ ...input, data, parameters: { binary_data_size: 0 } }] }, "field-invalid"],
  ])("%s is refused", (_name, json, wanted) => {
    expect(() => readInferRequest(Buffer.from(JSON.stringify(json)), undefined, limits)).toThrow(code(wanted));
  });

  it("is refused before a parser sees a hundred thousand numbers", () => {
    const json = Buffer.from(JSON.stringify({ inputs: [{ ...input, data: Array(100_000).fill(0) }] }));
    expect(() => readInferRequest(json, undefined, limits)).toThrow(code("body-too-large"));
    expect(structureBytes(Buffer.from(JSON.stringify({ long: `\\"${"a".repeat(100)}` })))).toBeLessThan(20);
  });
});

describe("a request for this model", () => {
  it("may be JSON, flat or nested, binary, or the image alone", () => {
    const base64 = picture.toString("base64");
    const { body, headerBytes } = inBinary(picture);
    const nested = request({ shape: [1, 1], data: [[base64]] });
    for (const [bytes, header] of [[inJson(picture)], [nested], [body, headerBytes], [picture, 0]] as const)
      expect(readInferRequest(bytes, header, limits).image).toEqual(picture);
  });

  it("says of each output how it is wanted, and of the others by default", () => {
    const outputs = [
      { name: "label" },
      { name: "probabilities", parameters: { binary_data: false, classification: 2 } },
    ];
    const json = { id: "7", inputs: [{ ...input, data: ["AAAA"] }], outputs, parameters: { binary_data_output: true } };
    expect(readInferRequest(Buffer.from(JSON.stringify(json)), undefined, limits)).toMatchObject({
      id: "7",
      isBinary: true,
      outputs: [
        { name: "label", isBinary: true },
        { name: "probabilities", isBinary: false, classes: 2 },
      ],
    });
  });

  it("comes back from any bytes, in JSON and in binary", () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 500 });
    fc.assert(
      fc.property(bytes, (random) => {
        const image = Buffer.from(random);
        const { body, headerBytes } = inBinary(image);
        expect(readInferRequest(body, headerBytes, limits).image.equals(image)).toBe(true);
        expect(readInferRequest(inJson(image), undefined, limits).image.equals(image)).toBe(true);
      }),
    );
  });
});

describe("any body at all", () => {
  const valid = inBinary(picture);
  const mangled = fc
    .record({
      cut: fc.nat(valid.body.length),
      flips: fc.array(fc.tuple(fc.nat(valid.body.length - 1), fc.nat(255)), { maxLength: 4 }),
      tail: fc.uint8Array({ maxLength: 8 }),
    })
    .map(({ cut, flips, tail }) => {
      const copy = Buffer.from(valid.body);
      for (const [at, value] of flips) copy[at] = value;
      return Buffer.concat([copy.subarray(0, cut), tail]);
    });
  const body = fc.oneof(
    mangled,
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((json) => Buffer.from(json)),
  );
  const header = fc.oneof(fc.constant(valid.headerBytes), fc.constant(undefined), fc.nat(300));
  const refusals = new Set([
    "body-malformed",
    "body-too-large",
    "json-invalid",
    "field-invalid",
    "image-missing",
    "base64-invalid",
    "image-too-large",
  ]);

  it("is read or refused by one of the codes that are promised, and never costs more than its own bytes", () => {
    fc.assert(
      fc.property(body, header, (bytes, headerBytes) => {
        try {
          const { image } = readInferRequest(bytes, headerBytes, limits);
          expect(image.length).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          if (!isProblem(error)) throw error;
          expect(refusals).toContain(error.code);
          expect(error.spec.status).toBeLessThan(500);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("counts every byte outside of texts, so that a bound on it bounds what is parsed", () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const texts = [...json.matchAll(/"((?:[^"\\]|\\.)*)"/g)].reduce(
          (sum, [, text]) => sum + Buffer.byteLength(text as string),
          0,
        );
        expect(structureBytes(Buffer.from(json))).toBe(Buffer.byteLength(json) - texts);
      }),
    );
    expect(STRUCTURE_BYTES_MAX).toBeLessThan(100_000);
  });
});

describe("a tensor on its way out", () => {
  it("is little-endian, row by row", () => {
    const shape = [2];
    expect(encodeTensor({ name: "t", shape, datatype: "BOOL", data: [true, false] }).toString("hex")).toBe("0100");
    const doubles = encodeTensor({ name: "t", shape, datatype: "FP64", data: [1, -0.5] });
    expect(doubles.toString("hex")).toBe("000000000000f03f000000000000e0bf");
    const texts = encodeTensor({ name: "t", shape, datatype: "BYTES", data: ["ü", ""] });
    expect(texts.toString("hex")).toBe("02000000c3bc00000000");
  });

  it("is read again as the text it was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const tensor = encodeTensor({ name: "t", shape: [1], datatype: "BYTES", data: [text] });
        expect(readOneText(tensor).toString("utf8")).toBe(text);
      }),
    );
  });
});
