import sharp, { type Sharp } from "sharp";

/** Canary that must never survive intake, whatever part of a file carries it. */
export const canary = "CANARY-Jane-Doe-1961";

export const limits = {
  imageBytesMax: 4 * 1024 * 1024,
  imagePixelsMax: 50_000_000,
  batchBytesMax: 16 * 1024 * 1024,
  batchImagesMax: 8,
};

/** A picture in which every pixel differs from its neighbours and no side equals the other. */
export function picture(channels: 1 | 3 | 4 = 3, width = 53, height = 37): Sharp {
  const pixels = Buffer.alloc(width * height * channels);
  for (let at = 0; at < pixels.length; at++) {
    const pixel = Math.floor(at / channels);
    pixels[at] =
      ((pixel % width) * 4 + Math.floor(pixel / width) * 3 + (at % channels) * 50 + ((at * 7919) % 13)) & 255;
  }
  return sharp(pixels, { raw: { width, height, channels } });
}

/** Decoded, upright, without any colour profile; the first damage is an error. */
export async function pixelsOf(bytes: Uint8Array) {
  const { data, info } = await sharp(bytes, { ignoreIcc: true, failOn: "warning" })
    .autoOrient()
    .raw({ depth: "ushort" })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, pixels: data.toString("base64") };
}

export interface TiffEntry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  /** The value, or the bytes it is made of. */
  readonly value: number | Buffer;
}

/** A TIFF written by hand, for what no encoder offers: either byte order, private tags, gaps, lies. */
export function handmadeTiff(little: boolean, entries: readonly TiffEntry[], segments: readonly Buffer[], next = 0) {
  const isTiled = entries.some(({ tag }) => tag === 322);
  const directoryAt = 8;
  const outsideAt = directoryAt + 2 + 12 * (entries.length + 2) + 4;
  const outside: Buffer[] = [];
  let position = outsideAt;
  const place = (bytes: Buffer) => {
    const at = position;
    outside.push(bytes);
    position += bytes.length;
    return at;
  };
  const number = (value: number, width: number) => {
    const bytes = Buffer.alloc(width);
    if (little) bytes.writeUIntLE(value, 0, width);
    else bytes.writeUIntBE(value, 0, width);
    return bytes;
  };
  const longs = (values: readonly number[]) => Buffer.concat(values.map((value) => number(value, 4)));
  const offsets = segments.map(place);
  const all: TiffEntry[] = [
    ...entries,
    { tag: isTiled ? 324 : 273, type: 4, count: segments.length, value: longs(offsets) },
    { tag: isTiled ? 325 : 279, type: 4, count: segments.length, value: longs(segments.map(({ length }) => length)) },
  ].sort((one, other) => one.tag - other.tag);
  const records = all.map(({ tag, type, count, value }) => {
    const bytes = typeof value === "number" ? number(value, type === 3 ? 2 : 4) : value;
    const slot = Buffer.alloc(4);
    if (bytes.length <= 4) bytes.copy(slot);
    else number(place(bytes), 4).copy(slot);
    return Buffer.concat([number(tag, 2), number(type, 2), number(count, 4), slot]);
  });
  const head = [Buffer.from(little ? "II" : "MM"), number(42, 2), number(directoryAt, 4), number(all.length, 2)];
  return Buffer.concat([...head, ...records, number(next, 4), ...outside]);
}

/** The tags an uncompressed RGB TIFF needs beside its strips. */
export const rgbTags = (width: number, height: number, little: boolean, bits: 8 | 16 = 8): TiffEntry[] => {
  const depth = Buffer.alloc(6);
  for (const at of [0, 2, 4]) little ? depth.writeUInt16LE(bits, at) : depth.writeUInt16BE(bits, at);
  return [
    { tag: 256, type: 3, count: 1, value: width },
    { tag: 257, type: 3, count: 1, value: height },
    { tag: 258, type: 3, count: 3, value: depth },
    { tag: 259, type: 3, count: 1, value: 1 },
    { tag: 262, type: 3, count: 1, value: 2 },
    { tag: 277, type: 3, count: 1, value: 3 },
    { tag: 278, type: 3, count: 1, value: height },
  ];
};

export interface BmpParts {
  readonly headerBytes?: 12 | 40 | 108 | 124;
  readonly bits?: number;
  readonly compression?: number;
  readonly width?: number;
  readonly height?: number;
  readonly palette?: Buffer;
  readonly masks?: readonly number[];
  readonly gap?: Buffer;
  readonly rows?: Buffer;
  readonly tail?: Buffer;
  readonly coloursUsed?: number;
}

/** A BMP written by hand: no encoder at hand makes one. */
export function handmadeBmp(parts: BmpParts = {}): Buffer {
  const { headerBytes = 40, bits = 24, compression = 0, width = 21, height = 17, masks = [] } = parts;
  const none = Buffer.alloc(0);
  const { palette = none, gap = none, tail = none } = parts;
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  const rows = parts.rows ?? Buffer.alloc(rowBytes * Math.abs(height), 0x5a);
  const header = Buffer.alloc(headerBytes, headerBytes > 40 ? canary : 0);
  header.writeUInt32LE(headerBytes, 0);
  if (headerBytes === 12) {
    header.writeUInt16LE(width, 4);
    header.writeUInt16LE(height, 6);
    header.writeUInt16LE(1, 8);
    header.writeUInt16LE(bits, 10);
  } else {
    header.writeInt32LE(width, 4);
    header.writeInt32LE(height, 8);
    header.writeUInt16LE(1, 12);
    header.writeUInt16LE(bits, 14);
    header.writeUInt32LE(compression, 16);
    header.writeUInt32LE(parts.coloursUsed ?? 0, 32);
  }
  const maskBytes = Buffer.alloc(4 * masks.length);
  for (const [index, mask] of masks.entries()) maskBytes.writeUInt32LE(mask, 4 * index);
  if (headerBytes > 40) maskBytes.copy(header, 40);
  const body = [header, headerBytes > 40 ? none : maskBytes, palette, gap];
  const file = Buffer.alloc(14);
  file.write("BM", 0, "latin1");
  file.writeUInt32LE(14 + body.reduce((sum, { length }) => sum + length, 0), 10);
  return Buffer.concat([file, ...body, rows, tail]);
}

/** A JPEG segment. */
export function jpegSegment(marker: number, payload: Buffer | string): Buffer {
  const bytes = Buffer.from(payload as string, "latin1");
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(bytes.length + 2, 2);
  return Buffer.concat([head, bytes]);
}

/** Puts bytes into a file. */
export const insert = (file: Buffer, at: number, ...parts: readonly Buffer[]): Buffer =>
  Buffer.concat([file.subarray(0, at), ...parts, file.subarray(at)]);
