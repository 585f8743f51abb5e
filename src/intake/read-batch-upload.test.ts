import { PassThrough, Readable } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import { type FormPart, form, upload } from "../../test/support/forms.ts";
import { limits, picture } from "../../test/support/pictures.ts";
import { ByteBudget } from "./byte-budget.ts";
import { readBatchUpload } from "./read-batch-upload.ts";
import type { BatchItem, Upload } from "./upload.ts";

const jpeg = await picture().jpeg().toBuffer();
const large = await picture(3, 400, 300).png({ compressionLevel: 0 }).toBuffer();
const part = (body: Buffer | string, filename = "a.jpg", name = "files"): FormPart => ({ name, filename, body });
const budget = new ByteBudget(64 * 1024 * 1024);
const options = { imageFields: ["files"], budget, signal: new AbortController().signal };
const read = (from: Upload) => readBatchUpload(from, limits, options);

async function all(from: Upload): Promise<BatchItem[]> {
  const items: BatchItem[] = [];
  for await (const item of read(from).items) {
    items.push(item);
    item.release();
  }
  return items;
}

const outcome = (item: BatchItem) => ("image" in item ? item.image.mediaType : item.problem.code);
const refuses = (code: string, reading: Promise<unknown>) =>
  expect(reading).rejects.toThrow(expect.objectContaining({ name: "Problem", code }));

afterEach(() => {
  expect(budget.reservedBytes).toBe(0);
});

describe("readBatchUpload refuses", () => {
  it("a form without images, with a file under another name, with too many images", async () => {
    await refuses("image-missing", all(upload(form([{ name: "site", body: "x" }]))));
    await refuses("image-missing", all(upload(form([part(jpeg), part(jpeg, "b.jpg", "image")]))));
    await refuses("too-many-images", all(upload(form(new Array<FormPart>(9).fill(part(jpeg))))));
  });

  it("a form without its end, one that is none, and bad fields", async () => {
    await refuses("body-malformed", all(upload(form([part(jpeg)], ""))));
    await refuses("body-malformed", all(upload(jpeg, "image/jpeg")));
    await refuses("field-invalid", all(upload(form([part(jpeg), { name: "a", body: "x".repeat(5000) }]))));
  });

  it("a body beyond its limit, declared or not", async () => {
    const small = { ...limits, batchBytesMax: 3 * jpeg.length };
    const body = form(new Array<FormPart>(4).fill(part(jpeg)));
    for (const from of [upload(body), upload([body])]) {
      const walk = async () => {
        for await (const item of readBatchUpload(from, small, options).items) item.release();
      };
      await refuses("body-too-large", walk());
    }
  });

  it("to hold more than the budget, and gives back what it held", async () => {
    const tight = new ByteBudget(2 * large.length);
    const held: BatchItem[] = [];
    const walk = async () => {
      const from = upload(form(new Array<FormPart>(4).fill(part(large))));
      for await (const item of readBatchUpload(from, limits, { ...options, budget: tight }).items) held.push(item);
    };
    await refuses("too-many-bytes-in-flight", walk());
    for (const item of held) item.release();
    expect(tight.reservedBytes).toBe(0);
  });
});

describe("readBatchUpload yields", () => {
  it("good and bad images in the order of the upload, and the fields", async () => {
    const small = { ...limits, imageBytesMax: large.length - 1 };
    const body = form([
      { name: "site", body: "Bern" },
      part(jpeg, "one.jpg"),
      part("<svg/>", "two.svg"),
      part(large, "three.png"),
      part("", "four.jpg"),
      part(jpeg.subarray(0, 500), "five.jpg"),
      part(jpeg, "six\0.jpg"),
      { name: "__proto__", body: "x" },
    ]);
    const { items, fields } = readBatchUpload(upload(body), small, options);
    const seen: unknown[] = [];
    for await (const item of items) {
      seen.push([item.index, item.filename, outcome(item)]);
      item.release();
    }
    expect(seen).toEqual([
      [0, "one.jpg", "image/jpeg"],
      [1, "two.svg", "image-type-unsupported"],
      [2, "three.png", "image-too-large"],
      [3, "four.jpg", "image-malformed"],
      [4, "five.jpg", "image-malformed"],
      [5, "six\uFFFD.jpg", "image/jpeg"],
    ]);
    expect([...fields]).toEqual([
      ["site", "Bern"],
      ["__proto__", "x"],
    ]);
  });

  it("the same images for a body in chunks of any size", async () => {
    const body = form([part(jpeg), part(large), { name: "a", body: "1" }, part(jpeg)]);
    for (const size of [7, 1000, 65_536]) {
      const chunks = Array.from({ length: Math.ceil(body.length / size) }, (_, at) =>
        body.subarray(at * size, (at + 1) * size),
      );
      expect((await all(upload(chunks))).map(outcome)).toEqual(["image/jpeg", "image/png", "image/jpeg"]);
    }
  });

  it("each image before the next one has arrived, and takes nothing from the socket while one waits", async () => {
    const body = form(new Array<FormPart>(6).fill(part(large)));
    let taken = 0;
    const source = new Readable({
      highWaterMark: 65_536,
      read() {
        this.push(taken < body.length ? body.subarray(taken, taken + 65_536) : null);
        taken += 65_536;
      },
    });
    const walk = read({ headers: upload([]).headers, body: source }).items[Symbol.asyncIterator]();
    for (let index = 1; index <= 6; index++) {
      const { value } = await walk.next();
      await new Promise((resolve) => setImmediate(resolve));
      expect(taken).toBeLessThanOrEqual(index * (large.length + 200) + 4 * 65_536);
      expect(budget.reservedBytes).toBeLessThan(2 * large.length + (1 << 19));
      value?.release();
    }
    expect((await walk.next()).done).toBe(true);
  });
});

describe("readBatchUpload lets go", () => {
  const body = form(new Array<FormPart>(3).fill(part(large)));

  it("when the walk is left early", async () => {
    for await (const item of read(upload(body)).items) {
      item.release();
      break;
    }
    expect(budget.reservedBytes).toBe(0);
  });

  it("with client-closed-request when the client hangs up or the signal aborts while it waits", async () => {
    const controller = new AbortController();
    const ends = [(stream: PassThrough) => stream.destroy(), () => controller.abort()];
    for (const end of ends) {
      const stream = new PassThrough();
      const from = { headers: upload([]).headers, body: stream };
      const walk = readBatchUpload(from, limits, { ...options, signal: controller.signal }).items[
        Symbol.asyncIterator
      ]();
      stream.write(body.subarray(0, large.length + 5000));
      const first = await walk.next();
      first.value?.release();
      const second = walk.next();
      setImmediate(() => end(stream));
      await refuses("client-closed-request", second);
      expect(budget.reservedBytes).toBe(0);
    }
  });
});
