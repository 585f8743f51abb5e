/** A part of a picture in shares of its sides, [0, 1]. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Luminance above which a pixel is lit: the frame around a fundus is black but for noise of the compression. */
const litMin = 16;
/** A row or column belongs to the disc when at least this share of it is lit. */
const litShareMin = 0.02;
/** A lit part smaller than this is no disc: the picture is left as it is. */
const sideShareMin = 0.3;
/** Less of a rim than this is not worth a cut. */
const rimShareMin = 0.02;

/**
 * The lit disc of a fundus photograph on its black frame.
 *
 * @param pixels RGB, uint8, row-major, of the whole picture squeezed to `side` by `side`
 * @returns undefined where there is no frame to cut away
 */
export function discBox(pixels: Uint8Array, side: number): Box | undefined {
  const rows = new Uint32Array(side);
  const columns = new Uint32Array(side);
  for (let y = 0, i = 0; y < side; y++)
    for (let x = 0; x < side; x++, i += 3) {
      const light =
        (77 * (pixels[i] as number) + 150 * (pixels[i + 1] as number) + 29 * (pixels[i + 2] as number)) >> 8;
      if (light < litMin) continue;
      rows[y] = (rows[y] as number) + 1;
      columns[x] = (columns[x] as number) + 1;
    }
  const enough = side * litShareMin;
  const lit = (count: number): boolean => count >= enough;
  if (!rows.some(lit) || !columns.some(lit)) return undefined;
  const box = {
    left: columns.findIndex(lit) / side,
    top: rows.findIndex(lit) / side,
    right: (columns.findLastIndex(lit) + 1) / side,
    bottom: (rows.findLastIndex(lit) + 1) / side,
  };
  const rim = Math.max(box.left, box.top, 1 - box.right, 1 - box.bottom);
  const small = Math.min(box.right - box.left, box.bottom - box.top) < sideShareMin;
  return small || rim < rimShareMin ? undefined : box;
}
