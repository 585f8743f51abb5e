import { Problem } from "../contracts/index.ts";
import { readBatchUpload, type Upload } from "../intake/index.ts";
import { settingNames, type TakenBatch, type TakenItem, type TakeOptions } from "./taken-item.ts";

const imageFields = ["images", "images[]", "image", "file", "files"];

/** A form of files, each one an item under its file name; fields about the batch stand before the first file. */
export function readMultipart(upload: Upload, { limits, budget, signal }: TakeOptions): TakenBatch {
  const { items, fields } = readBatchUpload(upload, limits, { imageFields, budget, signal });
  async function* taken(): AsyncGenerator<TakenItem> {
    let known: number | undefined;
    for await (const item of items) {
      known ??= fields.size;
      const found = "image" in item ? { image: item.image } : { problem: item.problem };
      yield {
        ...(item.filename !== undefined && { customId: item.filename }),
        fields: {},
        found,
        release: () => item.release(),
      };
      if (fields.size > known)
        throw new Problem("field-invalid", { detail: "Fields of a batch stand before its first file." });
    }
    const strange = [...fields.keys()].find((name) => !settingNames.includes(name));
    if (strange !== undefined)
      throw new Problem("field-invalid", {
        detail: `The form of a batch has the fields ${settingNames.join(", ")} only.`,
      });
  }
  return { items: taken(), settings: fields };
}
