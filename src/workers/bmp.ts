/** A decoded bitmap: RGB, uint8, row-major from the top. */
export interface DecodedBmp {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

const headerBytes = 54;

/**
 * Decodes the reduced bitmap that intake writes: a 40-byte header, uncompressed, 1, 4, 8, 16, 24 or 32 bits, masks or
 * palette behind the header. libvips as shipped with sharp has no loader for it.
 *
 * @throws {RangeError} when the file is shorter than its header says
 */
export function decodeBmp(bytes: Uint8Array): DecodedBmp {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = view.getUint32(10, true);
  const width = view.getInt32(18, true);
  const signedHeight = view.getInt32(22, true);
  const height = Math.abs(signedHeight);
  const bits = view.getUint16(28, true);
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (width < 1 || height < 1 || start + stride * height > bytes.byteLength) throw new RangeError("cut off bitmap");
  const pixel = pixelReader(view, bits, start);
  const data = new Uint8Array(3 * width * height);
  for (let row = 0, at = 0; row < height; row++) {
    const line = start + stride * (signedHeight > 0 ? height - 1 - row : row);
    for (let column = 0; column < width; column++, at += 3) pixel(line, column, data, at);
  }
  return { data, width, height };
}

type PixelReader = (line: number, column: number, out: Uint8Array, at: number) => void;

function pixelReader(view: DataView, bits: number, start: number): PixelReader {
  if (bits <= 8) return paletteReader(view, bits, start);
  if (bits === 24)
    return (line, column, out, at) => {
      const from = line + 3 * column;
      out[at] = view.getUint8(from + 2);
      out[at + 1] = view.getUint8(from + 1);
      out[at + 2] = view.getUint8(from);
    };
  const masks = masksOf(view, bits);
  const scale = masks.map((mask) => ({
    mask,
    shift: 31 - Math.clz32(mask & -mask),
    max: mask >>> (31 - Math.clz32(mask & -mask)),
  }));
  const bytesEach = bits / 8;
  return (line, column, out, at) => {
    const from = line + bytesEach * column;
    const value = bytesEach === 2 ? view.getUint16(from, true) : view.getUint32(from, true);
    for (const [i, { mask, shift, max }] of scale.entries())
      out[at + i] = mask === 0 ? 0 : Math.round((255 * ((value & mask) >>> shift)) / max);
  };
}

function paletteReader(view: DataView, bits: number, start: number): PixelReader {
  const colours = Math.floor((start - headerBytes) / 4);
  const perByte = 8 / bits;
  return (line, column, out, at) => {
    const byte = view.getUint8(line + Math.floor(column / perByte));
    const index = (byte >> (8 - bits * ((column % perByte) + 1))) & ((1 << bits) - 1);
    if (index >= colours) throw new RangeError("a pixel names no colour");
    const from = headerBytes + 4 * index;
    out[at] = view.getUint8(from + 2);
    out[at + 1] = view.getUint8(from + 1);
    out[at + 2] = view.getUint8(from);
  };
}

/** BI_BITFIELDS (3) brings its masks; BI_RGB means 5-5-5 or 8-8-8. */
function masksOf(view: DataView, bits: number): readonly number[] {
  if (view.getUint32(30, true) === 3) return [0, 4, 8].map((offset) => view.getUint32(headerBytes + offset, true));
  return bits === 16 ? [0x7c00, 0x3e0, 0x1f] : [0xff0000, 0xff00, 0xff];
}
