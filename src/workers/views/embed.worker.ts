import sharp from "sharp";
import { Random } from "../../contracts/random.ts";
import { type Decoded, decode } from "../decode.ts";
import { Encoder } from "../encoder.ts";
import { equalise } from "../equalise.ts";
import { augmentedView, type Picture } from "./augment.ts";
import type { EmbedAnswer, EmbedTask } from "./messages.ts";
import { thumbnailOf } from "./thumbnail.ts";

// A worker thread of a trainer: makes views of an image and embeds them with the session that also serves.

const batchItemsMax = 8;
/** Pictures are not augmented at more than this: the network sees 224. */
const pictureSideMax = 512;

const encoders = new Map<string, Promise<Encoder>>();

export default async function handle(task: EmbedTask | "release"): Promise<EmbedAnswer | undefined> {
  if (task === "release") {
    for (const each of encoders.values()) await (await each).release();
    encoders.clear();
    return undefined;
  }
  const { file } = task.encoder;
  const opened = encoders.get(file.sha256) ?? Encoder.open(task.encoder);
  encoders.set(file.sha256, opened);
  return embed(await opened, task);
}

async function embed(session: Encoder, task: EmbedTask): Promise<EmbedAnswer> {
  let first: Decoded;
  try {
    first = await decode(task, session.input);
  } catch {
    return { ok: false, reason: "the picture data is damaged" };
  }
  const { width: side, prepare, fit } = session.input;
  const bytes = 3 * side * side;
  const pixels = new Uint8Array(task.views * bytes);
  pixels.set(first.pixels);
  if (task.views > 1) {
    const picture = await upright(task.bytes, fit);
    for (let view = 1; view < task.views; view++) {
      const random = new Random(task.seed, Number.parseInt(task.sha256.slice(0, 8), 16), view);
      const seen = await augmentedView(picture, side, task.augmentation, random);
      pixels.set(prepare === "fundus" ? equalise(seen, side, side) : seen, view * bytes);
    }
  }
  const embeddings = new Float32Array(task.views * session.width);
  const batchItems = Math.min(batchItemsMax, session.batchMax);
  for (let from = 0; from < task.views; from += batchItems) {
    const n = Math.min(batchItems, task.views - from);
    const found = await session.embed(pixels.subarray(from * bytes, (from + n) * bytes), n);
    embeddings.set(found, from * session.width);
  }
  return { ok: true, embeddings, thumbnail: await thumbnailOf(first.pixels, side), quality: first.quality };
}

/** What all views of a picture are made from: of an encoder that sees only its middle, that middle. */
async function upright(bytes: Uint8Array, fit: Encoder["input"]["fit"]): Promise<Picture> {
  const { data, info } = await sharp(bytes)
    .autoOrient()
    .resize(pictureSideMax, pictureSideMax, {
      fit: fit === "cover" ? "outside" : "inside",
      withoutEnlargement: true,
    })
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const whole = { data, width: info.width, height: info.height };
  return fit === "cover" ? middleSquare(whole) : whole;
}

async function middleSquare({ data, width, height }: Picture): Promise<Picture> {
  const side = Math.min(width, height);
  const place = { left: (width - side) >> 1, top: (height - side) >> 1, width: side, height: side };
  const square = await sharp(data, { raw: { width, height, channels: 3 } })
    .extract(place)
    .raw()
    .toBuffer();
  return { data: square, width: side, height: side };
}
