import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { form, upload } from "../../test/support/forms.ts";
import { type HostileCase, readHostileSet } from "../../test/support/hostile.ts";
import { pixelsOf } from "../../test/support/pictures.ts";
import { shared } from "../../test/support/shared.ts";
import { ByteBudget } from "./byte-budget.ts";
import { readSingleUpload } from "./read-single-upload.ts";

const MiB = 1024 * 1024;
const limits = { imageBytesMax: 32 * MiB, imagePixelsMax: 50_000_000, batchBytesMax: MiB, batchImagesMax: 1 };
const folder = shared("bad_inputs");
const set = folder === undefined ? undefined : readHostileSet(folder);
// What needs a socket is played against a whole server elsewhere.
const cases = set?.cases.filter(({ file }) => file !== undefined) ?? [];

function uploadOf(each: HostileCase) {
  const bytes = readFileSync(join(set?.folder ?? "", each.file ?? ""));
  if (each.kind !== "file") return upload(bytes, each.content_type);
  const { filename = "scan", content_type: type = "image/jpeg" } = each;
  return upload(form([{ name: each.field ?? set?.field ?? "image", filename, type, body: bytes }]));
}

describe.skipIf(set === undefined)("of the bad-input set beside the project (absent here: skipped), intake", () => {
  it("finds cases", () => {
    expect(cases.length).toBeGreaterThan(20);
  });

  it.each(cases.map((each) => [each.id, each] as const))("answers %s as expected", async (_id, each) => {
    const budget = new ByteBudget(64 * MiB);
    const options = { imageFields: ["image"], budget, signal: new AbortController().signal };
    const startedAt = performance.now();
    const answer = await readSingleUpload(uploadOf(each), limits, options).catch((error: unknown) => error);
    expect(performance.now() - startedAt).toBeLessThan(each.max_seconds * 1000);
    if (answer instanceof Error) {
      expect(answer).toMatchObject({ name: "Problem" });
      expect(each.expect).not.toBe("accept");
    } else {
      const { image, release } = answer as Awaited<ReturnType<typeof readSingleUpload>>;
      expect(each.expect).not.toBe("reject");
      for (const text of each.not_stored ?? []) expect(Buffer.from(image.bytes).includes(text)).toBe(false);
      const pixels = await pixelsOf(image.bytes);
      expect([pixels.width, pixels.height]).toEqual([image.width, image.height]);
      release();
    }
    expect(budget.reservedBytes).toBe(0);
  });
});
