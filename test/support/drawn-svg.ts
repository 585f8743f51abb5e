import sharp, { type Sharp } from "sharp";

const svgLoader = { operation: ["VipsForeignLoadSvgBuffer"] };
let drawing = 0;

/** Draws an SVG in a process whose decoder, for good reasons, lets no reader of SVG see a byte. */
export async function drawnSvg<T>(svg: string, act: (drawn: Sharp) => Promise<T>): Promise<T> {
  if (drawing++ === 0) sharp.unblock(svgLoader);
  try {
    return await act(sharp(Buffer.from(svg)).removeAlpha());
  } finally {
    if (--drawing === 0) sharp.block(svgLoader);
  }
}
