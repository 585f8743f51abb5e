import sharp from "sharp";
import { discBox } from "../disc-box.ts";

const thumbnailSide = 32;
/** The rim of a fundus or of a cone of X-rays is alike in all of them. */
const rimShare = 0.18;

/**
 * The middle of the picture, small and grey: what tells a copy or another compression from another photograph.
 *
 * @param pixels RGB, uint8, row-major, `3 * side * side`
 * @returns grey, uint8, 32 by 32
 */
export async function thumbnailOf(pixels: Uint8Array, side: number): Promise<Uint8Array> {
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
