/**
 * EXIF is read for one number, how the camera was held, and written back as that number alone.
 * 1 is upright; 2..8 as in EXIF 2.32, section 4.6.5.1; 5..8 swap width and height.
 */
export type Orientation = number;
export const upright: Orientation = 1;

const orientationTag = 0x0112;
// A first directory of a camera holds 10 to 40 entries.
const ENTRIES_MAX = 256;
const shortType = 3;

export const isOrientation = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 8;

/**
 * @param block an EXIF block, with or without the `Exif\0\0` that JPEG puts before it
 * @returns undefined when the block is damaged or says nothing: EXIF never makes a picture unreadable
 */
export function readOrientation(block: Buffer): Orientation | undefined {
  const tiff = block.length >= 6 && block.toString("latin1", 0, 6) === "Exif\0\0" ? block.subarray(6) : block;
  if (tiff.length < 14) return undefined;
  const order = tiff.toString("latin1", 0, 2);
  if (order !== "II" && order !== "MM") return undefined;
  const little = order === "II";
  const u16 = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const directory = little ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  if (u16(2) !== 42 || directory + 2 > tiff.length) return undefined;
  const entries = Math.min(u16(directory), ENTRIES_MAX);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + 12 * entry;
    if (at + 12 > tiff.length) return undefined;
    if (u16(at) !== orientationTag) continue;
    const value = u16(at + 8);
    return u16(at + 2) === shortType && isOrientation(value) ? value : undefined;
  }
  return undefined;
}

/** A whole EXIF block of 26 bytes that holds the orientation and nothing else. */
export function exifWithOrientation(orientation: Orientation): Buffer {
  // Byte order and magic, one entry, and after it no further directory.
  const block = Buffer.alloc(26);
  block.write("II*", 0, "latin1");
  block.writeUInt32LE(8, 4);
  block.writeUInt16LE(1, 8);
  block.writeUInt16LE(orientationTag, 10);
  block.writeUInt16LE(shortType, 12);
  block.writeUInt32LE(1, 14);
  block.writeUInt16LE(orientation, 18);
  return block;
}

/** Width and height as a person sees them. */
export function orientedSize(width: number, height: number, orientation: Orientation) {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}
