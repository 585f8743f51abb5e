import { malformed, unsupported } from "./refusals.ts";

interface JpegComponent {
  readonly id: number;
  readonly horizontal: number;
  readonly vertical: number;
}

/** What a start-of-frame segment says. */
export interface JpegFrame {
  readonly width: number;
  readonly height: number;
  readonly progressive: boolean;
  readonly components: readonly JpegComponent[];
  /** 8 x 8 blocks over all components, after chroma subsampling. */
  readonly blocks: number;
}

const SOF0 = 0xc0;
const SOF2 = 0xc2;
const frameNames: Readonly<Record<number, string>> = {
  195: "lossless",
  197: "hierarchical",
  198: "hierarchical",
  199: "hierarchical",
  201: "arithmetic-coded",
  202: "arithmetic-coded",
  203: "arithmetic-coded",
  205: "arithmetic-coded",
  206: "arithmetic-coded",
  207: "arithmetic-coded",
};

export const isFrameMarker = (marker: number): boolean => (marker >= SOF0 && marker <= SOF2) || marker in frameNames;

/** @throws {Problem} image-malformed, image-type-unsupported */
export function readFrame(marker: number, payload: Buffer): JpegFrame {
  const name = frameNames[marker];
  if (name !== undefined) throw unsupported(`This is a JPEG of the ${name} kind; baseline and progressive are read.`);
  if (payload.length < 6) throw malformed("The JPEG frame header is too short.");
  const precision = payload.readUInt8(0);
  const height = payload.readUInt16BE(1);
  const width = payload.readUInt16BE(3);
  const count = payload.readUInt8(5);
  if (precision !== 8) throw unsupported(`This JPEG has ${precision} bits a sample; 8 are read.`);
  if (count !== 1 && count !== 3 && count !== 4) throw unsupported(`This JPEG has ${count} colour components.`);
  if (payload.length !== 6 + 3 * count) throw malformed("The JPEG frame header has the wrong length.");
  if (height === 0 || width === 0)
    throw malformed("The JPEG header gives no size: a height that follows later is not read.");
  const components = Array.from({ length: count }, (_, index) => readComponent(payload, 6 + 3 * index));
  if (new Set(components.map(({ id }) => id)).size !== count) throw malformed("Two JPEG components share one name.");
  return { width, height, progressive: marker === SOF2, components, blocks: countBlocks(width, height, components) };
}

function readComponent(payload: Buffer, at: number): JpegComponent {
  const sampling = payload.readUInt8(at + 1);
  const component = { id: payload.readUInt8(at), horizontal: sampling >> 4, vertical: sampling & 15 };
  const { horizontal, vertical } = component;
  if (horizontal < 1 || horizontal > 4 || vertical < 1 || vertical > 4 || payload.readUInt8(at + 2) > 3)
    throw malformed("A JPEG component has impossible settings.");
  return component;
}

function countBlocks(width: number, height: number, components: readonly JpegComponent[]): number {
  const horizontalMax = Math.max(...components.map(({ horizontal }) => horizontal));
  const verticalMax = Math.max(...components.map(({ vertical }) => vertical));
  return components.reduce((sum, { horizontal, vertical }) => {
    const across = Math.ceil(Math.ceil((width * horizontal) / horizontalMax) / 8);
    const down = Math.ceil(Math.ceil((height * vertical) / verticalMax) / 8);
    return sum + across * down;
  }, 0);
}

const COEFFICIENTS = 64;
const neverSent = 255;

/**
 * Which coefficients of which component have arrived, to which bit. A progressive file that was cut between two scans
 * and given a new end still decodes without complaint, only blurred; a score must not rest on that.
 */
export class ScanLedger {
  readonly #frame: JpegFrame;
  /** Per component and coefficient, the lowest bit sent so far; 0 means complete. */
  readonly #lowestBit: Uint8Array;

  constructor(frame: JpegFrame) {
    this.#frame = frame;
    this.#lowestBit = new Uint8Array(frame.components.length * COEFFICIENTS).fill(neverSent);
  }

  /** @throws {Problem} image-malformed */
  addScan(payload: Buffer): void {
    const count = payload.length === 0 ? 0 : payload.readUInt8(0);
    if (count < 1 || count > 4 || payload.length !== 4 + 2 * count) throw malformed("A JPEG scan header is damaged.");
    const { progressive } = this.#frame;
    const first = progressive ? payload.readUInt8(1 + 2 * count) : 0;
    const last = progressive ? payload.readUInt8(2 + 2 * count) : COEFFICIENTS - 1;
    const bit = progressive ? payload.readUInt8(3 + 2 * count) & 15 : 0;
    if (first > last || last >= COEFFICIENTS || (progressive && first === 0 && last !== 0))
      throw malformed("A JPEG scan header names impossible coefficients.");
    for (let index = 0; index < count; index++) {
      const id = payload.readUInt8(1 + 2 * index);
      const component = this.#frame.components.findIndex((candidate) => candidate.id === id);
      if (component < 0) throw malformed("A JPEG scan names a component that the frame does not have.");
      this.#lowestBit.fill(bit, component * COEFFICIENTS + first, component * COEFFICIENTS + last + 1);
    }
  }

  isComplete(): boolean {
    return this.#lowestBit.every((bit) => bit === 0);
  }
}

/** A quantisation segment holds tables and not one byte more. */
export function isQuantisationSegment(payload: Buffer): boolean {
  let at = 0;
  while (at < payload.length) {
    const head = payload.readUInt8(at);
    if (head >> 4 > 1 || (head & 15) > 3) return false;
    at += 1 + COEFFICIENTS * ((head >> 4) + 1);
  }
  return at === payload.length;
}

/** A Huffman segment holds tables and not one byte more. */
export function isHuffmanSegment(payload: Buffer): boolean {
  let at = 0;
  while (at + 17 <= payload.length) {
    const head = payload.readUInt8(at);
    let codes = 0;
    for (let length = 1; length <= 16; length++) codes += payload.readUInt8(at + length);
    if (head >> 4 > 1 || (head & 15) > 3 || codes > 256) return false;
    at += 17 + codes;
  }
  return at === payload.length;
}
