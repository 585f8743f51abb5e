import sharp from "sharp";
import { Random } from "../../platform/index.ts";
import { type Decoded, decode } from "../decode.ts";
import { discBox } from "../disc-box.ts";
import { Encoder } from "../encoder.ts";
import { equalise } from "../equalise.ts";
import { augmentedView, type Picture } from "./augment.ts";
import type { EmbedAnswer, EmbedTask } from "./messages.ts";

// A worker thread of a trainer: makes views of an image and embeds them with the session that also serves.

const batchItems = 8;
/** Pictures are not augmented at more than this: the network sees 224. */
const pictureSideMax = 512;
const thumbnailSide = 32;
/** The rim of a fundus or of a cone of X-rays is alike in all of them. */
const rimShare = 0.18;

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
  const { width: side, prepare } = session.input;
  const bytes = 3 * side * side;
  const pixels = new Uint8Array(task.views * bytes);
  pixels.set(first.pixels);
  if (task.views > 1) {
    const picture = await upright(task.bytes);
    for (let view = 1; view < task.views; view++) {
      const random = new Random(task.seed, Number.parseInt(task.sha256.slice(0, 8), 16), view);
      const seen = await augmentedView(picture, side, task.augmentation, random);
      pixels.set(prepare === "fundus" ? equalise(seen, side, side) : seen, view * bytes);
    }
  }
  const embeddings = new Float32Array(task.views * session.width);
  for (let from = 0; from < task.views; from += batchItems) {
    const n = Math.min(batchItems, task.views - from);
    const found = await session.embed(pixels.subarray(from * bytes, (from + n) * bytes), n);
    embeddings.set(found, from * session.width);
  }
  return { ok: true, embeddings, thumbnail: await thumbnail(first.pixels, side), quality: first.quality };
}

async function upright(bytes: Uint8Array): Promise<Picture> {
  const { data, info } = await sharp(bytes)
    .autoOrient()
    .resize(pictureSideMax, pictureSideMax, { fit: "inside", withoutEnlargement: true })
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** The middle of the picture, small and grey: what tells a copy or another compression from another photograph. */
async function thumbnail(pixels: Uint8Array, side: number): Promise<Uint8Array> {
  const box = discBox(pixels, side) ?? { left: 0, top: 0, right: 1, bottom: 1 };
  const [left, width] = middle(box.left * side, box.right * side);
  const [top, height] = middle(box.top * side, box.bottom * side);
  const { data } = await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .extract({ left, top, width, height })
    .greyscale()
    .resize(thumbnailSide, thumbnailSide, { fit: "fill", kernel: "linear" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return data;
}

function middle(from: number, to: number): readonly [number, number] {
  const rim = Math.floor((to - from) * rimShare);
  return [Math.round(from) + rim, Math.max(1, Math.round(to) - Math.round(from) - 2 * rim)];
}
