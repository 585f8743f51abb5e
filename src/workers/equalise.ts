/**
 * Contrast-limited adaptive histogram equalisation (CLAHE) of the luminance: each channel is shifted by what its pixel's
 * luminance gained, so colours keep their tint. In integers but for the last blend, so that the recipe in Python makes
 * the same pixels.
 *
 * @param pixels RGB, uint8, row-major, `3 * width * height`
 * @returns new pixels of the same shape
 * @see Zuiderveld 1994; tile grid and clipping as OpenCV's createCLAHE
 */
export function equalise(pixels: Uint8Array, width: number, height: number): Uint8Array {
  const luminance = luminanceOf(pixels, width * height);
  const tables = tileTables(luminance, width, height);
  const out = new Uint8Array(pixels.length);
  for (let y = 0, i = 0; y < height; y++) {
    const [top, bottom, down] = between(y, height);
    for (let x = 0; x < width; x++, i++) {
      const [left, right, across] = between(x, width);
      const level = luminance[i] as number;
      const at = (row: number, column: number): number => tables[(row * tiles + column) * 256 + level] as number;
      const upper = at(top, left) * (1 - across) + at(top, right) * across;
      const lower = at(bottom, left) * (1 - across) + at(bottom, right) * across;
      const gain = Math.round(upper * (1 - down) + lower * down) - level;
      for (let c = 3 * i; c < 3 * i + 3; c++) out[c] = Math.max(0, Math.min(255, (pixels[c] as number) + gain));
    }
  }
  return out;
}

/** Tiles along each side. */
const tiles = 8;
/** How many times the mean height a histogram bar may have. */
const clip = 2;

/** Rec. 601 in 1/256, as the quality measure has it. */
function luminanceOf(pixels: Uint8Array, n: number): Uint8Array {
  const out = new Uint8Array(n);
  for (let i = 0, j = 0; i < n; i++, j += 3)
    out[i] = (77 * (pixels[j] as number) + 150 * (pixels[j + 1] as number) + 29 * (pixels[j + 2] as number)) >> 8;
  return out;
}

const edge = (tile: number, length: number): number => Math.floor((tile * length) / tiles);

/** One table of 256 levels a tile. */
function tileTables(luminance: Uint8Array, width: number, height: number): Uint8Array {
  const tables = new Uint8Array(tiles * tiles * 256);
  const counts = new Uint32Array(256);
  for (let row = 0; row < tiles; row++)
    for (let column = 0; column < tiles; column++) {
      counts.fill(0);
      const [y0, y1] = [edge(row, height), edge(row + 1, height)];
      const [x0, x1] = [edge(column, width), edge(column + 1, width)];
      for (let y = y0; y < y1; y++)
        for (let i = y * width + x0; i < y * width + x1; i++) {
          const level = luminance[i] as number;
          counts[level] = (counts[level] as number) + 1;
        }
      tables.set(tableOf(counts, (y1 - y0) * (x1 - x0)), (row * tiles + column) * 256);
    }
  return tables;
}

/** Clips the bars, spreads what was cut evenly, and sums up. */
function tableOf(counts: Uint32Array, area: number): Uint8Array {
  const limit = Math.max(1, Math.floor((clip * area) / 256));
  let cut = 0;
  for (const count of counts) cut += Math.max(0, count - limit);
  const share = Math.floor(cut / 256);
  const rest = cut - 256 * share;
  const table = new Uint8Array(256);
  let sum = 0;
  for (let level = 0; level < 256; level++) {
    // What does not divide goes to `rest` bars at even distances.
    const extra = Math.floor(((level + 1) * rest) / 256) - Math.floor((level * rest) / 256);
    sum += Math.min(limit, counts[level] as number) + share + extra;
    table[level] = Math.floor((sum * 255 + (area >> 1)) / area);
  }
  return table;
}

/** The two nearest tile centres of a pixel and how far it lies between them, [0, 1]. */
function between(at: number, length: number): readonly [number, number, number] {
  const place = ((at + 0.5) * tiles) / length - 0.5;
  const first = Math.floor(place);
  const clamp = (tile: number): number => Math.max(0, Math.min(tiles - 1, tile));
  return [clamp(first), clamp(first + 1), place - first];
}
