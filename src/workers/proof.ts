import { createHash } from "node:crypto";
import { Random } from "../contracts/random.ts";
import type { LoadedReader } from "./sessions.ts";

/** Soft discs on a slope, with grain: every layer has something to say. The same number, the same picture. */
export function madePicture(picture: number, width: number, height: number): Uint8Array {
  const random = new Random(36, picture);
  const discs = Array.from({ length: 8 }, () => ({
    x: random.between(0, width),
    y: random.between(0, height),
    r: random.between(width / 16, width / 2),
    colour: [random.between(0, 255), random.between(0, 255), random.between(0, 255)],
  }));
  const grain = random.between(2, 40);
  const pixels = new Uint8ClampedArray(3 * width * height);
  for (let i = 0; i < pixels.length; i++) {
    const at = Math.floor(i / 3);
    const [x, y] = [at % width, Math.floor(at / width)];
    let value = 40 + (80 * x) / width + (80 * y) / height;
    for (const disc of discs) {
      const share = Math.max(0, 1 - Math.hypot(x - disc.x, y - disc.y) / disc.r);
      value += ((disc.colour[i % 3] as number) - value) * share;
    }
    pixels[i] = value + random.between(-grain, grain);
  }
  return new Uint8Array(pixels.buffer);
}

/** SHA-256 of every output of a reader's network for a made picture, to the last bit. */
export async function proofOf({ input, outputs }: LoadedReader, picture: number): Promise<string> {
  const found = await outputs(madePicture(picture, input.width, input.height));
  const hash = createHash("sha256");
  for (const name of Object.keys(found).sort()) {
    const data = found[name]?.data;
    if (!ArrayBuffer.isView(data)) throw new TypeError("a model's output holds no numbers");
    hash.update(`${name}:${data.byteLength}:`).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}
