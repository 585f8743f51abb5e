// Images of eyes, as many different ones as are wanted: photographs where they are there, else drawn.

import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import sharp from "sharp";

const folder = join(
  process.env["FOVEA_SHARED"] ?? resolve(import.meta.dirname, "../../../shared"),
  "datasets/cataract_eye/images",
);
const [width, height] = [160, 120];

/** Where the pictures come from, for the report. */
export const origin = existsSync(folder)
  ? "photographs, 160 x 120, each with marks of its own"
  : "drawn eyes, 160 x 120";
let photographs;

/** The i-th image; another one for each i, because its number is written into its pixels. */
export async function imageOf(i) {
  photographs ??= await readPhotographs();
  const raw = { width, height, channels: 3 };
  const pixels = Buffer.from(photographs.length > 0 ? photographs[i % photographs.length] : await drawEye(i));
  // 24 bits as black and white blocks of 5 x 5 along the upper edge: they survive compression.
  for (let bit = 0; bit < 24; bit++)
    for (let y = 0; y < 5; y++)
      pixels.fill((i >> bit) & 1 ? 255 : 0, (y * width + bit * 5) * 3, (y * width + bit * 5 + 5) * 3);
  return sharp(pixels, { raw }).jpeg({ quality: 90 }).toBuffer();
}

async function readPhotographs() {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true }).filter((file) => /\.(jpe?g|png)$/i.test(file));
  const decode = (file) =>
    sharp(join(folder, file))
      .resize(width, height, { fit: "fill" })
      .toColourspace("srgb")
      .removeAlpha()
      .raw()
      .toBuffer();
  return Promise.all(files.sort().slice(0, 200).map(decode));
}

function drawEye(i) {
  const [hue, radius] = [(i * 47) % 360, 22 + (i % 20)];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="160" height="120" fill="#d8b49c"/>
<ellipse cx="80" cy="60" rx="70" ry="36" fill="#f4efe9"/><circle cx="80" cy="60" r="${radius}" fill="hsl(${hue} 50% 35%)"/>
<circle cx="80" cy="60" r="${radius / 2.5}" fill="#111"/></svg>`;
  return sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer();
}

/**
 * A picture whose pixels spell a word that the engine of these tests obeys (see poison.mjs). Nothing is compressed, so
 * the word stands in the file as it is, also after the file was rebuilt on its way in.
 */
export async function poisonOf(word, i = 0) {
  const pixels = Buffer.alloc(64 * 64 * 3, 40 + (i % 100));
  pixels.write(word, 64 * 3 * 30);
  return sharp(pixels, { raw: { width: 64, height: 64, channels: 3 } })
    .png({ compressionLevel: 0, adaptiveFiltering: false, palette: false })
    .toBuffer();
}
