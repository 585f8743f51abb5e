import { PassThrough, Readable } from "node:stream";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { boundary, type FormPart, form, upload } from "../../test/support/forms.ts";
import { limits, picture } from "../../test/support/pictures.ts";
import { Problem } from "../contracts/problems.ts";
import { acceptImage } from "./accept-image.ts";
import { ByteBudget } from "./byte-budget.ts";
import { readSingleUpload } from "./read-single-upload.ts";
import type { Upload } from "./upload.ts";

const jpeg = await picture().jpeg().toBuffer();
const sha256 = acceptImage(jpeg, limits).sha256;
const image: FormPart = { name: "image", filename: "scan.jpg", type: "image/jpeg", body: jpeg };
const budget = new ByteBudget(64 * 1024 * 1024);
const options = { imageFields: ["image", "file"], budget, signal: new AbortController().signal };
const read = (from: Upload) => readSingleUpload(from, limits, options);
const readForm = (...parts: readonly FormPart[]) => read(upload(form(parts)));
const refuses = (code: string, reading: Promise<unknown>, detail = /./) =>
  expect(reading).rejects.toThrow(
    expect.objectContaining({ name: "Problem", code, detail: expect.stringMatching(detail) }),
  );

afterEach(() => {
  expect(budget.reservedBytes).toBe(0);
});

async function accepted(reading: Promise<Awaited<ReturnType<typeof read>>>) {
  const single = await reading;
  expect(single.image.sha256).toBe(sha256);
  expect(budget.reservedBytes).toBe(single.image.bytes.length);
  single.release();
  single.release();
  return { filename: single.image.filename, fields: single.fields };
}

describe("readSingleUpload refuses a form", () => {
  it("without an image, and names the fields it looked under", async () => {
    await refuses("image-missing", readForm({ name: "patientId", body: "7" }), /image or file/);
    await refuses("image-missing", readForm());
    await refuses("image-missing", readForm({ ...image, name: "picture" }), /image or file/);
    await refuses("image-missing", readForm({ filename: "a.jpg", body: jpeg }));
    await refuses(
      "image-missing",
      readForm({ name: "image", filename: "", type: "application/octet-stream", body: "" }),
      /No file was chosen for image/,
    );
  });

  it("with an empty file that has a name", () => refuses("image-malformed", readForm({ ...image, body: "" })));

  it("with two images, under one name or two, or an image and another file", async () => {
    await refuses("image-repeated", readForm(image, image));
    await refuses("image-repeated", readForm(image, { ...image, name: "file" }));
    await refuses("image-repeated", readForm(image, { name: "notes", filename: "a.txt", body: "x" }));
  });

  it("without its end boundary, wherever it is cut", async () => {
    const whole = form([image, { name: "patientId", body: "7" }]);
    await refuses("body-malformed", read(upload(form([image], ""))));
    for (let length = 0; length < whole.length - 4; length += length < 200 || length > whole.length - 120 ? 1 : 97)
      await refuses("body-malformed", read(upload(whole.subarray(0, length))));
  });

  it("with a wrong, an empty, an overlong or no boundary", async () => {
    const body = form([image]);
    for (const parameter of ["; boundary=other", "; boundary=", '; boundary=""', "", `; boundary=${"x".repeat(300)}`])
      await refuses("body-malformed", read(upload(body, `multipart/form-data${parameter}`)));
  });

  it("with fields that are too long, too many, nameless, broken or there twice", async () => {
    await refuses("field-invalid", readForm(image, { name: "note", body: "x".repeat(4097) }), /4096/);
    await refuses("field-invalid", readForm(image, { name: "n".repeat(101), body: "x" }));
    await refuses("field-invalid", readForm(image, { body: "x" }), /no name/);
    await refuses("field-invalid", readForm(image, { name: "note", body: "a\0b" }));
    await refuses("field-invalid", readForm({ name: "note", body: "1" }, { name: "note", body: "2" }, image), /twice/);
    const many = Array.from({ length: 1000 }, (_, index) => ({ name: `f${index}`, body: "x" }));
    await refuses("body-malformed", readForm(...many, image), /200 fields/);
  });

  it("whose image is beyond its limit, and whose body is beyond the room for fields", async () => {
    const small = { ...limits, imageBytesMax: jpeg.length - 1 };
    await refuses("image-too-large", readSingleUpload(upload(form([image])), small, options));
    const fill = Buffer.alloc(2 << 20, "x");
    await refuses("body-too-large", readSingleUpload(upload(form([image, { name: "a", body: fill }])), small, options));
  });

  it("in another form, or inside of a form", async () => {
    const mixed = {
      name: "image",
      headers: `Content-Disposition: form-data; name="image"\r\nContent-Type: multipart/mixed; boundary=inner\r\n`,
      body: Buffer.concat([
        Buffer.from("--inner\r\nContent-Disposition: file; filename=a.jpg\r\n\r\n"),
        jpeg,
        Buffer.from("\r\n--inner--"),
      ]),
    };
    await refuses("image-type-unsupported", readForm(mixed));
    await refuses("body-malformed", read(upload(jpeg, "application/x-www-form-urlencoded")));
    await refuses("body-malformed", read(upload(jpeg, "text/plain")));
    const gzipped = upload(jpeg, "image/jpeg");
    await refuses("body-malformed", read({ ...gzipped, headers: { ...gzipped.headers, "content-encoding": "gzip" } }));
  });
});

describe("readSingleUpload reads a form", () => {
  it("with the image first or last, and its fields as data", async () => {
    const fields = [
      { name: "patientId", body: "7" },
      { name: "__proto__", body: "admin" },
      { name: "constructor", body: "" },
      { name: "note", body: "Ä–左" },
    ];
    for (const parts of [
      [image, ...fields],
      [...fields, image],
    ]) {
      const { fields: seen, filename } = await accepted(readForm(...parts));
      expect(Object.getPrototypeOf(seen)).toBeNull();
      expect(Object.entries(seen).sort()).toEqual(fields.map(({ name, body }) => [name, body]).sort());
      expect(filename).toBe("scan.jpg");
    }
    expect(({} as Record<string, unknown>)["admin"]).toBeUndefined();
  });

  it("whose file has no name, a wrong type or the name of a folder", async () => {
    expect((await accepted(readForm({ name: "image", body: jpeg }))).filename).toBeUndefined();
    expect((await accepted(readForm({ ...image, filename: "" }))).filename).toBeUndefined();
    expect((await accepted(readForm({ ...image, type: "text/html", filename: "../../tmp/a.jpg" }))).filename).toBe(
      "../../tmp/a.jpg",
    );
    expect((await accepted(readForm({ ...image, filename: "scan\u202Egpj.exe" }))).filename).toBe("scan\uFFFDgpj.exe");
    expect((await accepted(readForm({ ...image, filename: "x".repeat(5000) }))).filename).toHaveLength(255);
  });

  it("that arrives in two chunks, cut at every byte around its boundaries", async () => {
    const whole = form([{ name: "patientId", body: "7" }, image]);
    const near = [whole.indexOf("patientId"), whole.indexOf(jpeg), whole.length - 30];
    for (let at = 1; at < whole.length; at++) {
      if (near.every((place) => Math.abs(place - at) > 90)) continue;
      const { fields } = await accepted(read(upload([whole.subarray(0, at), whole.subarray(at)])));
      expect({ ...fields }).toEqual({ patientId: "7" });
    }
  });

  it("that arrives byte by byte, with a preamble and an epilogue", async () => {
    const small = form([{ name: "a", body: "1" }, image]);
    const whole = Buffer.concat([Buffer.from("preamble\r\n"), small, Buffer.from("epilogue")]);
    const bytes = Array.from(whole, (_, at) => whole.subarray(at, at + 1));
    expect({ ...(await accepted(read(upload(bytes)))).fields }).toEqual({ a: "1" });
  });

  it("however it is cut, and settles however it is damaged", async () => {
    const whole = form([{ name: "a", body: "1" }, image, { name: "b", body: "2" }]);
    const structure = [
      ...Array.from({ length: 250 }, (_, at) => at),
      ...Array.from({ length: 90 }, (_, at) => whole.length - 90 + at),
    ];
    const flips = fc.array(
      fc.tuple(fc.constantFrom(...structure), fc.constantFrom(...Buffer.from('\r\n-;="\0 X:\\'))),
      { maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(flips, fc.array(fc.nat(whole.length), { maxLength: 6 }), async (changes, cuts) => {
        const copy = Buffer.from(whole);
        for (const [at, value] of changes) copy[at] = value;
        const places = [0, ...cuts.sort((one, other) => one - other), copy.length];
        const chunks = places.slice(1).map((end, index) => copy.subarray(places[index], end));
        try {
          (await read(upload(chunks))).release();
        } catch (error) {
          expect(error).toMatchObject({ name: "Problem" });
          expect(changes.length).toBeGreaterThan(0);
        }
        expect(budget.reservedBytes).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});

describe("readSingleUpload reads one image", () => {
  it("alone, whatever type is declared", async () => {
    for (const type of ["image/jpeg", "image/png", "application/octet-stream", "image/x-unknown; a=b", ""])
      await accepted(read(upload(jpeg, type)));
    await accepted(read(upload([jpeg.subarray(0, 10), jpeg.subarray(10, 11), jpeg.subarray(11)], "image/jpeg")));
    await refuses("image-missing", read(upload(Buffer.alloc(0), "image/jpeg")));
    await refuses("image-type-unsupported", read(upload(Buffer.from("<svg/>"), "image/jpeg")));
  });

  it("from JSON, with its fields", async () => {
    const text = jpeg.toString("base64");
    for (const type of ["application/json", "application/json; charset=utf-8", "application/vnd.fovea+json"]) {
      const body = Buffer.from(JSON.stringify({ patientId: 7, image: text }));
      expect({ ...(await accepted(read(upload(body, type)))).fields }).toEqual({ patientId: "7" });
    }
    await accepted(read(upload(Buffer.from(`{"image_base64":"data:image/png;base64,${text}"}`), "application/json")));
    await refuses("json-invalid", read(upload(Buffer.from("[]"), "application/json")));
    const named = { ...options, jsonFields: ["picture"] };
    await accepted(
      readSingleUpload(upload(Buffer.from(JSON.stringify({ picture: text })), "application/json"), limits, named),
    );
  });
});

describe("readSingleUpload bounds what it reads", () => {
  /** Endless zeros; counts what was taken. */
  const endless = () => {
    const taken = { bytes: 0 };
    const body = new Readable({
      read() {
        taken.bytes += 65_536;
        this.push(Buffer.alloc(65_536));
      },
    });
    return { body, taken };
  };

  it.each([
    [`multipart/form-data; boundary=${boundary}`, "body-too-large"],
    ["application/json", "body-too-large"],
    ["image/jpeg", "image-too-large"],
  ])("by the declared length of %s, before a byte is read", async (type, code) => {
    const { body, taken } = endless();
    await refuses(code, read({ headers: { "content-type": type, "content-length": "99999999" }, body }));
    expect(taken.bytes).toBe(0);
  });

  it.each([
    [`multipart/form-data; boundary=${boundary}`, "body-too-large"],
    ["application/json", "body-too-large"],
    ["image/jpeg", "image-too-large"],
  ])("by its own count where %s declares no length, or a wrong one", async (type, code) => {
    for (const headers of [{}, { "content-length": "10" }]) {
      const { body, taken } = endless();
      await refuses(code, read({ headers: { "content-type": type, ...headers }, body }));
      expect(taken.bytes).toBeLessThan(limits.imageBytesMax * 1.4 + (1 << 20) + 10 * 65_536);
      expect(body.destroyed).toBe(false);
      body.destroy();
    }
  });

  it("by the budget: at once for declared lengths, as it grows for chunks", async () => {
    const tight = { ...options, budget: new ByteBudget(jpeg.length - 1) };
    for (const body of [jpeg, [jpeg]])
      await refuses("too-many-bytes-in-flight", readSingleUpload(upload(body, "image/jpeg"), limits, tight));
    expect(tight.budget.reservedBytes).toBe(0);
    const { body } = endless();
    const small = { ...options, budget: new ByteBudget(2 << 20) };
    await refuses(
      "too-many-bytes-in-flight",
      readSingleUpload({ headers: { "content-type": "image/png" }, body }, limits, small),
    );
    expect(small.budget.reservedBytes).toBe(0);
  });
});

describe("readSingleUpload lets go", () => {
  const whole = form([image]);
  const headers = upload(whole).headers;

  it("with client-closed-request when the client hangs up, wherever it stopped", async () => {
    for (const length of [0, 10, 200, whole.length - 10]) {
      const body = new PassThrough();
      const reading = read({ headers, body });
      if (length > 0) body.write(whole.subarray(0, length));
      setImmediate(() => body.destroy(length === 10 ? new Error("ECONNRESET") : undefined));
      await refuses("client-closed-request", reading);
    }
    const gone = new PassThrough();
    gone.destroy();
    await refuses("client-closed-request", read({ headers, body: gone }));
  });

  it("when its signal aborts, before, during, and with the reason where that is a Problem", async () => {
    for (const [reason, code] of [
      [undefined, "client-closed-request"],
      [new Problem("request-timeout", { detail: "slow" }), "request-timeout"],
    ] as const) {
      await refuses(code, readSingleUpload(upload(whole), limits, { ...options, signal: AbortSignal.abort(reason) }));
      const controller = new AbortController();
      const body = new PassThrough();
      const reading = readSingleUpload({ headers, body }, limits, { ...options, signal: controller.signal });
      body.write(whole.subarray(0, 300));
      setImmediate(() => controller.abort(reason));
      await refuses(code, reading);
      // The connection is left to whoever writes the answer, and a later failure of it harms nobody.
      expect(body.destroyed).toBe(false);
      body.destroy(new Error("late"));
      await new Promise((resolve) => body.once("close", resolve));
    }
  });
});
