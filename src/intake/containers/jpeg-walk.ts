import {
  isFrameMarker,
  isHuffmanSegment,
  isQuantisationSegment,
  type JpegFrame,
  readFrame,
  ScanLedger,
} from "./jpeg-frame.ts";
import { type Orientation, readOrientation } from "./orientation.ts";
import { KeptRanges } from "./rebuilt-image.ts";
import { malformed } from "./refusals.ts";

const marker = {
  SOI: 0xd8,
  EOI: 0xd9,
  SOS: 0xda,
  DQT: 0xdb,
  DRI: 0xdd,
  DHT: 0xc4,
  RST0: 0xd0,
  RST7: 0xd7,
  APP0: 0xe0,
  APP1: 0xe1,
  APP14: 0xee,
  APP15: 0xef,
  COM: 0xfe,
} as const;

/** Real files have 10 to 40; a panorama with an embedded depth map a few hundred. */
const SEGMENTS_MAX = 4096;
/**
 * Each scan of a progressive file costs a pass over all blocks, however few bytes it has. Common encoders use 10
 * (colour) to 18 (CMYK).
 */
export const SCANS_MAX = 32;

export interface WalkedJpeg {
  /** Absent in a stream of tables only, as TIFF keeps one. */
  readonly frame: JpegFrame | undefined;
  /** Tables, frame and scans as they were; without the markers around them and without application data. */
  readonly kept: readonly Buffer[];
  readonly scans: number;
  readonly isComplete: boolean;
  readonly entropyBytes: number;
  /** These two decide, in libjpeg, whether colours are read as YCbCr, RGB, CMYK or YCCK. */
  readonly hasJfif: boolean;
  readonly adobeTransform: number | undefined;
  readonly orientation: Orientation | undefined;
}

/**
 * Walks a JPEG from SOI to EOI; anything behind is ignored.
 *
 * @param checkFrame judges size and kind as soon as they are known, before the rest is read
 * @throws {Problem} image-malformed, image-type-unsupported, and whatever `checkFrame` throws
 */
export function walkJpeg(bytes: Buffer, checkFrame: (frame: JpegFrame) => void): WalkedJpeg {
  return new JpegWalk(bytes, checkFrame).walk();
}

/** Before the frame: tables. After it: scans, with tables between them. The end: EOI. Nothing goes back. */
class JpegWalk {
  readonly #bytes: Buffer;
  readonly #checkFrame: (frame: JpegFrame) => void;
  readonly #kept: KeptRanges;
  #frame: JpegFrame | undefined;
  #ledger: ScanLedger | undefined;
  #scans = 0;
  #entropyBytes = 0;
  #hasJfif = false;
  #adobeTransform: number | undefined;
  #orientation: Orientation | undefined;

  constructor(bytes: Buffer, checkFrame: (frame: JpegFrame) => void) {
    this.#bytes = bytes;
    this.#checkFrame = checkFrame;
    this.#kept = new KeptRanges(bytes);
  }

  walk(): WalkedJpeg {
    const bytes = this.#bytes;
    if (bytes[0] !== 0xff || bytes[1] !== marker.SOI) throw malformed("The JPEG does not begin as one.");
    let position = 2;
    for (let segments = 0; segments < SEGMENTS_MAX; segments++) {
      const at = markerAt(bytes, position);
      const code = bytes.readUInt8(at);
      if (code === marker.EOI) return this.#finish();
      if (at + 3 > bytes.length) throw cutOff();
      const length = bytes.readUInt16BE(at + 1);
      const end = at + 1 + length;
      if (length < 2) throw malformed("A JPEG segment says it has no length.");
      if (end > bytes.length) throw cutOff();
      position = this.#segment(code, at - 1, end, bytes.subarray(at + 3, end));
    }
    throw malformed(`The JPEG has more than ${SEGMENTS_MAX} segments.`);
  }

  /** @returns where the next marker is expected */
  #segment(code: number, start: number, end: number, payload: Buffer): number {
    if (code === marker.SOS) return this.#scan(start, end, payload);
    if (isFrameMarker(code)) this.#takeFrame(code, payload);
    else if (code === marker.DQT) {
      if (!isQuantisationSegment(payload)) throw malformed("A JPEG quantisation table is damaged.");
    } else if (code === marker.DHT) {
      if (!isHuffmanSegment(payload)) throw malformed("A JPEG Huffman table is damaged.");
    } else if (code === marker.DRI) {
      if (payload.length !== 2) throw malformed("A JPEG restart interval is damaged.");
    } else if ((code >= marker.APP0 && code <= marker.APP15) || code === marker.COM) {
      this.#noteApplicationData(code, payload);
      return end;
    } else throw malformed("The JPEG holds a marker that does not belong there.");
    this.#kept.keep(start, end);
    return end;
  }

  #takeFrame(code: number, payload: Buffer): void {
    if (this.#frame !== undefined) throw malformed("The JPEG has two frame headers.");
    this.#frame = readFrame(code, payload);
    this.#checkFrame(this.#frame);
    this.#ledger = new ScanLedger(this.#frame);
  }

  #scan(start: number, end: number, payload: Buffer): number {
    if (this.#ledger === undefined) throw malformed("The JPEG has picture data before its header.");
    if (++this.#scans > SCANS_MAX) throw malformed(`The JPEG has more than ${SCANS_MAX} scans.`);
    this.#ledger.addScan(payload);
    const entropyEnd = entropyEndAt(this.#bytes, end);
    this.#entropyBytes += entropyEnd - end;
    this.#kept.keep(start, entropyEnd);
    return entropyEnd;
  }

  /** Decoders decide at the first scan; what comes later is not looked at by them, so not by us. */
  #noteApplicationData(code: number, payload: Buffer): void {
    if (this.#scans > 0) return;
    if (code === marker.APP0 && payload.length >= 14 && payload.toString("latin1", 0, 5) === "JFIF\0")
      this.#hasJfif = true;
    if (code === marker.APP14 && payload.length >= 12 && payload.toString("latin1", 0, 5) === "Adobe")
      this.#adobeTransform = payload.readUInt8(11);
    if (code === marker.APP1 && this.#orientation === undefined && payload.toString("latin1", 0, 6) === "Exif\0\0")
      this.#orientation = readOrientation(payload);
  }

  #finish(): WalkedJpeg {
    return {
      frame: this.#frame,
      kept: this.#kept.parts(),
      scans: this.#scans,
      isComplete: this.#ledger?.isComplete() ?? false,
      entropyBytes: this.#entropyBytes,
      hasJfif: this.#hasJfif,
      adobeTransform: this.#adobeTransform,
      orientation: this.#orientation,
    };
  }
}

const cutOff = () => malformed("The JPEG is cut off.");

/** Index of the marker's code, behind its 0xFF and any fill bytes. */
function markerAt(bytes: Buffer, position: number): number {
  if (position >= bytes.length) throw cutOff();
  if (bytes[position] !== 0xff) throw malformed("The JPEG holds bytes where a segment should begin.");
  let at = position;
  while (bytes[at] === 0xff) at++;
  if (at >= bytes.length) throw cutOff();
  return at;
}

/** Where the entropy-coded data that begins at `position` ends: at the first marker that is no restart marker. */
function entropyEndAt(bytes: Buffer, position: number): number {
  let from = position;
  for (;;) {
    const found = bytes.indexOf(0xff, from);
    if (found < 0) throw cutOff();
    let at = found + 1;
    while (bytes[at] === 0xff) at++;
    const code = bytes[at];
    if (code === undefined) throw cutOff();
    if (code !== 0 && (code < marker.RST0 || code > marker.RST7)) return found;
    from = at + 1;
  }
}
